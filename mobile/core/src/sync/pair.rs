//! Pairing with a server by the office's one-time code.

use sync_protocol::{PairAnswer, PairRequest, ReplicaId, Token};

use super::{Client, Failure, SyncError, feed};
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
    /// Certificates (PEM) that alone are to be trusted for this server; none trusts the public ones.
    pub ca_pem: Option<String>,
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
    let client = Client::new(&invitation.server_url, invitation.ca_pem.as_deref())?;
    let request = PairRequest {
        code: invitation.code.clone(),
        name: invitation.name.clone(),
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let answer = client.pair(&request).await.map_err(|no_answer| SyncError::Pairing(no_answer.into()))?;
    let pairing: PairAnswer =
        answer.success().ok_or_else(|| SyncError::Pairing(Failure::of_answer(&answer)))?;
    keep_pairing(store, client.server_url(), invitation.ca_pem.as_deref(), &pairing)?;
    Ok(Paired { replica: pairing.replica, server_name: pairing.server_name })
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
    ca_pem: Option<&str>,
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
    pairing::write(&tx, server_url, ca_pem, answer)?;
    tx.commit()?;
    Ok(())
}
