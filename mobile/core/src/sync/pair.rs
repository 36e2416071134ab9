//! Pairing with a server by the office's one-time code.

use sync_protocol::{PairAnswer, PairRequest, ReplicaId, Token};

use super::{Answer, Client, Failure, NoAnswer, SyncError, Trust, feed};
use crate::store::{Store, outbox, pairing};

/// What the office gives to the reader.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The server's address, such as `https://walkby.example`.
    pub server_url: String,
    /// The one-time code.
    pub code: Token,
    /// What the office shall call this handheld.
    pub name: String,
    /// Which certificates are trusted for this server.
    pub trust: Trust,
}

impl Invitation {
    /// Returns the way to the server, and what is to be asked there.
    ///
    /// # Errors
    /// When the address or the certificates cannot be used.
    pub fn request(&self) -> Result<(Client, PairRequest), SyncError> {
        let client = Client::new(&self.server_url, &self.trust)?;
        let request = PairRequest {
            code: self.code.clone(),
            name: self.name.clone(),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        Ok((client, request))
    }

    /// Keeps the pairing that came back.
    ///
    /// # Errors
    /// When it is none, or the store fails; then nothing is changed.
    pub fn keep(
        &self,
        store: &mut Store,
        client: &Client,
        answer: Result<Answer, NoAnswer>,
    ) -> Result<Paired, SyncError> {
        let answer = answer.map_err(|no_answer| SyncError::Pairing(no_answer.into()))?;
        let pairing: PairAnswer =
            answer.success().ok_or_else(|| SyncError::Pairing(Failure::of_answer(&answer)))?;
        keep_pairing(store, client.server_url(), &self.name, &self.trust, &pairing)?;
        Ok(Paired { replica: pairing.replica, server_name: pairing.server_name })
    }
}

/// A pairing that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paired {
    /// The handheld's identity.
    pub replica: ReplicaId,
    /// What the server calls itself.
    pub server_name: String,
}

/// Pairs this handheld with a server. What is in the store stays, and is offered to the new server.
///
/// # Errors
/// When the server cannot be reached, the code is not right, or the store fails. Then nothing changed.
pub async fn pair(store: &mut Store, invitation: &Invitation) -> Result<Paired, SyncError> {
    let (client, request) = invitation.request()?;
    let answer = client.pair(&request).await;
    invitation.keep(store, &client, answer)
}

/// Keeps a pairing that was answered.
///
/// Batches that the old identity cut are cut anew, because their bytes carry it. Receipts of another
/// server are void, unless they were safe there. The tours of the new identity take the place of those
/// that are here with the next pull.
///
/// # Errors
/// When the store fails.
pub fn keep_pairing(
    store: &mut Store,
    server_url: &str,
    handheld_name: &str,
    trust: &Trust,
    answer: &PairAnswer,
) -> Result<(), SyncError> {
    let tx = store.transaction()?;
    if let Some(known) = pairing::read(&tx)? {
        if known.server_url != server_url {
            outbox::offer_again(&tx, |_| true)?;
        }
        feed::begin_refetch(&tx)?;
    }
    outbox::dissolve_all(&tx)?;
    outbox::offer_refused_again(&tx)?;
    outbox::clear_failure(&tx)?;
    pairing::write(&tx, server_url, handheld_name, trust, answer)?;
    tx.commit()?;
    Ok(())
}
