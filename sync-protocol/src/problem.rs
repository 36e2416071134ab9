//! Problems as `application/problem+json` (RFC 9457), each with a stable code.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The media type of a problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

macro_rules! problem_codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal, $title:literal;)*) => {
        /// What went wrong. The code is stable; the HTTP status is derived from it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum ProblemCode {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
            /// A code that this version does not know.
            #[serde(other, rename = "unknown")]
            Unknown,
        }

        impl ProblemCode {
            /// Every code that this version knows.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Returns the code as it stands on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* Self::Unknown => "unknown" }
            }

            /// Returns the HTTP status.
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* Self::Unknown => 500 }
            }

            /// Returns a short sentence for people.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* Self::Unknown => "unknown problem" }
            }
        }
    };
}

problem_codes! {
    /// The request is not what the endpoint takes.
    BadRequest = "bad_request", 400, "the request cannot be read";
    /// The body's digest is not the one that the request names.
    DigestMismatch = "digest_mismatch", 400, "the body was damaged on the way";
    /// No token, or one that is not known.
    Unauthorized = "unauthorized", 401, "a valid token is needed";
    /// The password is wrong.
    WrongPassword = "wrong_password", 401, "the password is wrong";
    /// The pairing code is wrong, used or too old.
    WrongPairingCode = "wrong_pairing_code", 401, "the pairing code is wrong, used or too old";
    /// The token is known but may not do this.
    Forbidden = "forbidden", 403, "this token may not do that";
    /// The handheld was revoked.
    Revoked = "revoked", 403, "this handheld was revoked";
    /// There is no such thing.
    NotFound = "not_found", 404, "there is no such thing";
    /// The endpoint does not know this method.
    MethodNotAllowed = "method_not_allowed", 405, "this endpoint does not know this method";
    /// The request took too long to arrive or to be answered.
    RequestTimeout = "request_timeout", 408, "the request took too long; try again";
    /// The batch id was used for other bytes.
    BatchIdReused = "batch_id_reused", 409, "this batch id was used for another body";
    /// What was asked for does not fit the present state.
    Conflict = "conflict", 409, "this does not fit the present state";
    /// The cursor is no longer valid: start from none.
    CursorGone = "cursor_gone", 410, "the cursor is no longer valid; start again without one";
    /// The request has no length.
    LengthRequired = "length_required", 411, "the request needs a Content-Length";
    /// The body or batch is too large.
    TooLarge = "too_large", 413, "the body is too large; cut it into smaller ones";
    /// The media type or content encoding is not read here.
    UnsupportedMediaType = "unsupported_media_type", 415, "this media type or encoding is not read here";
    /// The body is well-formed but not what it should be.
    Unprocessable = "unprocessable", 422, "the body is not what it should be";
    /// Too many attempts.
    TooManyAttempts = "too_many_attempts", 429, "too many attempts; wait";
    /// A fault of the server.
    Internal = "internal", 500, "the server failed";
    /// The server cannot answer now.
    Unavailable = "unavailable", 503, "the server cannot answer now; try again";
    /// The server's disk is full.
    InsufficientStorage = "insufficient_storage", 507, "the server has no room left";
}

impl fmt::Display for ProblemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The body of every answer that is not a success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The stable code.
    pub code: ProblemCode,
    /// A short sentence, the same for every problem of this code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What exactly is wrong, where, and what to do.
    pub detail: String,
}

impl Problem {
    /// Returns the problem with its title and status.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { code, title: code.title().to_owned(), status: code.status(), detail: detail.into() }
    }
}
