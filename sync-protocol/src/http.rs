//! Where on HTTP each exchange stands, and the header that protects a body on its way.

use crate::{BatchId, Digest, ReplicaId};

/// `GET`: a [`crate::Hello`]. A replica sends its token and so learns when it was revoked.
pub const HELLO: &str = "/api/v1/hello";
/// `POST` of a [`crate::PairRequest`]: a [`crate::PairAnswer`].
pub const PAIR: &str = "/api/v1/pair";
/// `GET`, with the query parameter `cursor` from the second time on: a [`crate::ChangesPage`].
pub const CHANGES: &str = "/api/v1/changes";
/// The header of RFC 9530 that names the digest of a body.
pub const CONTENT_DIGEST: &str = "content-digest";
/// The header with which a replica tells, on every request, how many items wait in its outbox beside
/// those that the request carries. It is told to the office and decides nothing.
pub const WAITING: &str = "walkby-waiting";

/// Returns the path that a batch is `PUT` to, for a [`crate::PushAnswer`].
pub fn batch_path(replica: ReplicaId, batch: BatchId) -> String {
    format!("/api/v1/replicas/{replica}/batches/{batch}")
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PREFIX: &str = "sha-256=:";

/// Returns the value of [`CONTENT_DIGEST`]: `sha-256=:…:` with the digest in base64.
pub fn content_digest(digest: &Digest) -> String {
    let mut value = String::from(PREFIX);
    for chunk in digest.0.chunks(3) {
        let bits =
            chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for position in 0..4 {
            let index = usize::try_from(bits >> (18 - 6 * position) & 0x3F).unwrap_or(0);
            let symbol = if position <= chunk.len() { ALPHABET.get(index).copied() } else { None };
            value.push(char::from(symbol.unwrap_or(b'=')));
        }
    }
    value.push(':');
    value
}

/// Reads the SHA-256 digest out of a [`CONTENT_DIGEST`] value, which may name other algorithms, too.
pub fn parse_content_digest(value: &str) -> Option<Digest> {
    let text = value.split(',').find_map(|member| member.trim().strip_prefix(PREFIX)?.strip_suffix(':'))?;
    let symbols = text.strip_suffix('=').filter(|symbols| symbols.len() == 43)?;
    let (mut bits, mut held, mut bytes) = (0u32, 0u32, Vec::with_capacity(32));
    for symbol in symbols.bytes() {
        let index = ALPHABET.iter().position(|letter| *letter == symbol)?;
        bits = bits << 6 | u32::try_from(index).ok()?;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xFF).ok()?);
        }
    }
    <[u8; 32]>::try_from(bytes).ok().map(Digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9530, section 2: the digest of `{"hello": "world"}` and a line feed.
    #[test]
    fn content_digest_is_written_as_in_rfc_9530() {
        let digest = Digest::of(b"{\"hello\": \"world\"}\n");
        let value = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
        assert_eq!(content_digest(&digest), value);
        assert_eq!(parse_content_digest(value), Some(digest));
        assert_eq!(parse_content_digest(&format!("unixsum=:AA==:, {value}")), Some(digest));
    }

    #[test]
    fn what_is_not_a_sha_256_digest_is_not_read_as_one() {
        for value in [
            "",
            "sha-256=::",
            "sha-256=:AAAA:",
            "sha-512=:AAAA:",
            "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabD€=:",
        ] {
            assert_eq!(parse_content_digest(value), None, "{value}");
        }
    }
}
