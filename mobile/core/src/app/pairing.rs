//! Pairing with the office's server.

use sync_protocol::Digest;

use super::model::{PairRequest, Pairing, Problem};
use super::open::App;
use crate::store::pairing;
use crate::sync::{Answer, Client, Invitation, NoAnswer, Trust};

impl App {
    /// Returns what this handheld is paired with.
    ///
    /// # Errors
    /// When the store fails.
    pub fn pairing(&self) -> Result<Option<Pairing>, Problem> {
        let pairing = pairing::read(self.store.connection())?;
        Ok(pairing.map(|pairing| Pairing {
            server_name: pairing.server_name,
            server: pairing.server_url.trim_start_matches("https://").to_owned(),
            handheld_name: pairing.handheld_name,
        }))
    }

    /// Keeps the pairing that the server answered.
    ///
    /// # Errors
    /// `wrong_pairing_code` and what else the server or the network says; nothing was changed then.
    pub fn keep_pairing(
        &mut self,
        invitation: &Invitation,
        client: &Client,
        answer: Result<Answer, NoAnswer>,
    ) -> Result<Pairing, Problem> {
        // An exchange that is on its way speaks with the old identity.
        self.exchange = None;
        invitation.keep(&mut self.store, client, answer)?;
        self.changed.sync.touch();
        self.pairing()?.ok_or_else(|| Problem::lasting("unauthorized", "this handheld is not paired"))
    }
}

impl TryFrom<PairRequest> for Invitation {
    type Error = Problem;

    fn try_from(request: PairRequest) -> Result<Self, Problem> {
        let typed = request.server.trim();
        let server_url = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
        let trust = match request.certificate_sha256.as_deref().map(str::trim) {
            None | Some("") => Trust::Platform,
            Some(digest) => Trust::Certificate(digest_of(digest)?),
        };
        let name = request.handheld_name.trim().to_owned();
        Ok(Self { server_url, code: request.code, name, trust })
    }
}

/// Reads 64 hexadecimal digits, in either case and with the colons that some tools write.
fn digest_of(text: &str) -> Result<Digest, Problem> {
    let digits: String = text.chars().filter(|c| *c != ':').collect::<String>().to_ascii_lowercase();
    let not_a_digest = |_| Problem::lasting("untrusted_certificate", "the certificate's digest is none");
    digits.parse().map_err(not_a_digest)
}

#[cfg(test)]
mod tests {
    use sync_protocol::Token;

    use super::*;

    fn asked(server: &str, certificate: Option<&str>) -> Result<Invitation, Problem> {
        let (code, handheld_name) = (Token::new("7K3M-Q9TF".into()), " Anna ".into());
        let certificate_sha256 = certificate.map(str::to_owned);
        PairRequest { server: server.into(), code, handheld_name, certificate_sha256 }.try_into()
    }

    #[test]
    fn an_address_without_a_scheme_means_https() {
        let invitation = asked(" office.example ", None).unwrap();
        assert_eq!(invitation.server_url, "https://office.example");
        assert_eq!((invitation.name.as_str(), invitation.trust), ("Anna", Trust::Platform));
        assert_eq!(asked("http://127.0.0.1:8080", None).unwrap().server_url, "http://127.0.0.1:8080");
    }

    #[test]
    fn the_digest_of_a_certificate_is_read_as_tools_write_it() {
        let digest = Digest::of(b"certificate");
        let plain = digest.to_string();
        let colons: Vec<String> =
            plain.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).to_uppercase()).collect();
        for written in [plain.clone(), colons.join(":")] {
            assert_eq!(asked("office", Some(&written)).unwrap().trust, Trust::Certificate(digest));
        }
        assert_eq!(asked("office", Some("12")).unwrap_err().code, "untrusted_certificate");
    }
}
