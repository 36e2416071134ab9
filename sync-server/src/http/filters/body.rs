//! Bodies, read up to a limit and checked before a handler sees them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Buf, Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _};
use serde::de::DeserializeOwned;
use sync_protocol::http::{CONTENT_DIGEST, parse_content_digest};
use sync_protocol::{Digest, ProblemCode, body};
use warp::http::HeaderMap;
use warp::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use warp::{Filter, Rejection};
use zeroize::Zeroizing;

use crate::http::problem::ApiError;
use crate::import::KeyUpload;

/// The media type of JSON.
pub(crate) const JSON: &str = "application/json";
const CSV: &str = "text/csv";
/// The media type of files that are no text: a KEM file may be a zip archive.
const BYTES: &str = "application/octet-stream";
/// The header with the password of a KEM file.
const FILE_PASSWORD: &str = "walkby-file-password";

/// Most bytes of a JSON body.
const JSON_LIMIT: u64 = 16 << 10;
/// Most bytes of a CSV: more than 50,000 lines of a tour.
const CSV_LIMIT: u64 = 16 << 20;
/// A body above its limit is read on up to this, so that the client hears why it was refused
/// instead of a broken connection.
const DRAIN_LIMIT: u64 = 32 << 20;

/// Takes a JSON body.
pub(crate) fn json<T: DeserializeOwned + Send>() -> impl Filter<Extract = (T,), Error = Rejection> + Clone {
    warp::header::headers_cloned().and(warp::body::stream()).and_then(async |headers: HeaderMap, stream| {
        require_media_type(&headers, JSON)?;
        require_plain(&headers)?;
        let body = read(&headers, stream, JSON_LIMIT).await?;
        Ok::<_, Rejection>(serde_json::from_slice(&body).map_err(|error| unreadable_json(&error))?)
    })
}

/// Takes a CSV body.
pub(crate) fn csv() -> impl Filter<Extract = (Bytes,), Error = Rejection> + Clone {
    warp::header::headers_cloned().and(warp::body::stream()).and_then(async |headers: HeaderMap, stream| {
        require_media_type(&headers, CSV)?;
        require_plain(&headers)?;
        Ok::<_, Rejection>(read(&headers, stream, CSV_LIMIT).await?)
    })
}

/// Takes a file of keys: CSV, or a KEM file with its password in a header, as base64 of UTF-8.
pub(crate) fn key_file() -> impl Filter<Extract = (KeyFile,), Error = Rejection> + Clone {
    warp::header::headers_cloned().and(warp::body::stream()).and_then(async |headers: HeaderMap, stream| {
        require_one_media_type(&headers, &[CSV, BYTES])?;
        require_plain(&headers)?;
        let password = file_password(&headers)?;
        let content = read(&headers, stream, CSV_LIMIT).await?;
        Ok::<_, Rejection>(KeyFile { content, password })
    })
}

/// A file of keys as it came.
pub(crate) struct KeyFile {
    pub(crate) content: Bytes,
    pub(crate) password: Option<Zeroizing<String>>,
}

impl KeyFile {
    pub(crate) fn upload(&self) -> KeyUpload<'_> {
        KeyUpload {
            content: &self.content,
            password: self.password.as_ref().map(|password| password.as_str()),
        }
    }
}

/// Reads the password of a file. What is wrong with it is told without repeating it.
fn file_password(headers: &HeaderMap) -> Result<Option<Zeroizing<String>>, ApiError> {
    let Some(value) = headers.get(FILE_PASSWORD) else { return Ok(None) };
    let bytes = STANDARD.decode(value.as_bytes()).map(Zeroizing::new).ok();
    let password = bytes.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok());
    let password = password.ok_or_else(|| {
        ApiError::bad_request("the header Walkby-File-Password is to be the password in UTF-8 as base64")
    })?;
    Ok(Some(Zeroizing::new(password.to_owned())))
}

/// Takes the body of a batch whose digest is the one that the request names (RFC 9530).
pub(crate) fn batch(limit: usize) -> impl Filter<Extract = (Digest, Bytes), Error = Rejection> + Clone {
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    warp::header::headers_cloned()
        .and(warp::body::stream())
        .and_then(move |headers, stream| read_batch(headers, stream, limit))
        .untuple_one()
}

/// Takes a request whose body does not matter, and reads it away.
pub(crate) fn nothing() -> impl Filter<Extract = (), Error = Rejection> + Clone {
    warp::header::headers_cloned()
        .and(warp::body::stream())
        .and_then(async |headers: HeaderMap, stream| {
            read(&headers, stream, JSON_LIMIT).await?;
            Ok::<_, Rejection>(())
        })
        .untuple_one()
}

async fn read_batch<S, B>(headers: HeaderMap, stream: S, limit: u64) -> Result<(Digest, Bytes), Rejection>
where
    S: Stream<Item = Result<B, warp::Error>>,
    B: Buf,
{
    require_media_type(&headers, body::MEDIA_TYPE)?;
    // zstd is part of the media type; naming it as the encoding, too, means the same bytes.
    require_encoding(&headers, &["identity", "zstd"])?;
    let named = named_digest(&headers)?;
    if !headers.contains_key(CONTENT_LENGTH) {
        let detail = "a batch needs a Content-Length, so that one cut short is noticed";
        return Err(ApiError::new(ProblemCode::LengthRequired, detail).into());
    }
    let body = read(&headers, stream, limit).await?;
    if Digest::of(&body) != named {
        let detail = "the body's SHA-256 is not the one of Content-Digest; send it again";
        return Err(ApiError::new(ProblemCode::DigestMismatch, detail).into());
    }
    Ok((named, body))
}

fn named_digest(headers: &HeaderMap) -> Result<Digest, ApiError> {
    headers
        .get(CONTENT_DIGEST)
        .and_then(|value| value.to_str().ok())
        .and_then(parse_content_digest)
        .ok_or_else(|| ApiError::bad_request("a batch needs the header `Content-Digest: sha-256=:BASE64:`"))
}

fn require_media_type(headers: &HeaderMap, expected: &str) -> Result<(), ApiError> {
    require_one_media_type(headers, &[expected])
}

fn require_one_media_type(headers: &HeaderMap, expected: &[&str]) -> Result<(), ApiError> {
    let named = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = named.split(';').next().unwrap_or_default().trim();
    if expected.iter().any(|expected| essence.eq_ignore_ascii_case(expected)) {
        return Ok(());
    }
    let detail = format!("the Content-Type is to be {}", expected.join(" or "));
    Err(ApiError::new(ProblemCode::UnsupportedMediaType, detail))
}

fn require_plain(headers: &HeaderMap) -> Result<(), ApiError> {
    require_encoding(headers, &["identity"])
}

fn require_encoding(headers: &HeaderMap, allowed: &[&str]) -> Result<(), ApiError> {
    let Some(named) = headers.get(CONTENT_ENCODING) else { return Ok(()) };
    if allowed.iter().any(|allowed| named.as_bytes().eq_ignore_ascii_case(allowed.as_bytes())) {
        return Ok(());
    }
    let detail = format!("the Content-Encoding is to be one of: {}", allowed.join(", "));
    Err(ApiError::new(ProblemCode::UnsupportedMediaType, detail))
}

/// Reads a body that has at most `limit` bytes.
async fn read<S, B>(headers: &HeaderMap, stream: S, limit: u64) -> Result<Bytes, ApiError>
where
    S: Stream<Item = Result<B, warp::Error>>,
    B: Buf,
{
    let too_large = || {
        ApiError::new(
            ProblemCode::TooLarge,
            format!("the body has more than {limit} bytes; send less at once"),
        )
    };
    let announced: Option<u64> =
        headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|announced| announced > DRAIN_LIMIT) {
        return Err(too_large());
    }
    let mut stream = std::pin::pin!(stream);
    let (mut body, mut length) = (BytesMut::new(), 0u64);
    while let Some(chunk) = stream.next().await {
        let mut chunk = chunk.map_err(|_| {
            ApiError::bad_request("the body ended before its announced length; send it again")
        })?;
        length = length.saturating_add(u64::try_from(chunk.remaining()).unwrap_or(u64::MAX));
        if length > DRAIN_LIMIT {
            return Err(too_large());
        }
        if length <= limit {
            body.extend_from_slice(&chunk.copy_to_bytes(chunk.remaining()));
        }
    }
    if length > limit { Err(too_large()) } else { Ok(body.freeze()) }
}

/// Says where a JSON body is wrong, without repeating what stands there: it may be a password.
fn unreadable_json(error: &serde_json::Error) -> ApiError {
    let place = format!("line {} column {}", error.line(), error.column());
    if !error.is_data() {
        return ApiError::bad_request(format!("the body is not JSON from {place} on"));
    }
    // Names of fields are ours; every other message may quote the value.
    let message = error.to_string();
    let what = message.split(" at line").next().filter(|what| what.starts_with("missing field"));
    let what = what.unwrap_or("a value is not of the expected kind");
    ApiError::new(ProblemCode::Unprocessable, format!("{what} near {place}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Login {
        #[expect(dead_code, reason = "only its absence matters")]
        password: String,
        #[expect(dead_code, reason = "only its absence matters")]
        digits: u8,
    }

    fn problem(json: &str) -> ApiError {
        unreadable_json(&serde_json::from_str::<Login>(json).unwrap_err())
    }

    #[test]
    fn an_unreadable_json_body_is_refused_without_repeating_its_values() {
        let unprocessable = |detail: &str| ApiError::new(ProblemCode::Unprocessable, detail);
        assert_eq!(problem("{}"), unprocessable("missing field `password` near line 1 column 2"));
        assert_eq!(
            problem(r#"{"password":"x","digits":"s3cret"}"#),
            unprocessable("a value is not of the expected kind near line 1 column 33")
        );
        assert_eq!(
            problem(r#"{"password":s3"#),
            ApiError::bad_request("the body is not JSON from line 1 column 13 on")
        );
    }

    #[test]
    fn a_password_that_is_no_base64_of_utf_8_is_refused_without_repeating_it() {
        let read = |value: &'static str| {
            file_password(&HeaderMap::from_iter([(
                warp::http::HeaderName::from_static(FILE_PASSWORD),
                warp::http::HeaderValue::from_static(value),
            )]))
        };
        assert_eq!(read("Z3LDvG4=").unwrap().unwrap().as_str(), "grün");
        for value in ["s3cret!", "/w=="] {
            let refused = read(value).unwrap_err();
            assert!(!format!("{refused:?}").contains(value));
        }
        assert!(file_password(&HeaderMap::new()).unwrap().is_none());
    }

    #[test]
    fn a_media_type_may_carry_parameters() {
        let headers = |value: &'static str| {
            HeaderMap::from_iter([(CONTENT_TYPE, warp::http::HeaderValue::from_static(value))])
        };
        assert_eq!(require_media_type(&headers("Text/CSV; charset=utf-8"), CSV), Ok(()));
        let refused = ApiError::new(ProblemCode::UnsupportedMediaType, "the Content-Type is to be text/csv");
        assert_eq!(require_media_type(&headers("text/csvx"), CSV), Err(refused.clone()));
        assert_eq!(require_media_type(&HeaderMap::new(), CSV), Err(refused));
    }
}
