//! Compression of answers with what the client accepts: zstd, else gzip.

use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use flate2::write::GzEncoder;
use hyper::body::{Body, Frame, SizeHint};
use warp::http::Response;
use warp::http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, VARY,
};

use super::handlers::EVENT_STREAM;

/// Answers below this are sent as they are: they fit one packet anyway.
const WORTHWHILE_BYTES: u64 = 1024;
/// zstd's own default; the levels above cost the server more than the line gains.
const ZSTD_LEVEL: i32 = 3;

/// A content coding that this server writes, the better one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Zstd,
    Gzip,
}

impl Coding {
    const ALL: [Self; 2] = [Self::Zstd, Self::Gzip];

    fn as_str(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }

    /// Returns the coding to answer a request with, if it accepts one that is written here
    /// (RFC 9110, section 12.5.3).
    pub(crate) fn accepted(headers: &HeaderMap) -> Option<Self> {
        let weights: Vec<(String, f32)> = headers
            .get_all(ACCEPT_ENCODING)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(weight)
            .collect();
        let accepts = |coding: &Self| {
            let named =
                |name: &str| weights.iter().find(|(coding, _)| coding == name).map(|(_, weight)| *weight);
            named(coding.as_str()).or_else(|| named("*")).is_some_and(|weight| weight > 0.0)
        };
        Self::ALL.into_iter().find(accepts)
    }
}

/// Splits `gzip;q=0.5` into the coding and its weight.
fn weight(member: &str) -> (String, f32) {
    let mut parts = member.split(';');
    let coding = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    let weight = parts.find_map(|parameter| parameter.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
    (coding, weight)
}

/// Compresses an answer if that is worthwhile and nobody has done so.
pub(crate) fn compress<B: Body<Data = Bytes>>(
    response: Response<B>,
    coding: Option<Coding>,
) -> Response<Compressed<B>> {
    let (mut head, body) = response.into_parts();
    let compressible = is_text(&head.headers)
        && !head.headers.contains_key(CONTENT_ENCODING)
        && body.size_hint().upper().is_none_or(|size| size >= WORTHWHILE_BYTES);
    if compressible {
        head.headers.entry(VARY).or_insert(HeaderValue::from_static("accept-encoding"));
    }
    let encoder =
        coding.filter(|_| compressible).and_then(|coding| Some((coding, Encoder::new(coding).ok()?)));
    let encoder = encoder.map(|(coding, encoder)| {
        head.headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.as_str()));
        head.headers.remove(CONTENT_LENGTH);
        encoder
    });
    let passes_through = encoder.is_none();
    Response::from_parts(head, Compressed { body, encoder, passes_through })
}

fn is_text(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // Events are sent one by one: a compressor would hold them back.
    if media_type.starts_with(EVENT_STREAM) {
        return false;
    }
    media_type.starts_with("text/") || media_type.contains("json") || media_type == "image/svg+xml"
}

/// A body whose data is compressed as it passes.
pub(crate) struct Compressed<B> {
    body: B,
    /// Taken when the last bytes were written.
    encoder: Option<Encoder>,
    passes_through: bool,
}

impl<B: Body<Data = Bytes> + Unpin> Body for Compressed<B>
where
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        if this.passes_through {
            return Pin::new(&mut this.body).poll_frame(context).map_err(Into::into);
        }
        loop {
            let Some(encoder) = &mut this.encoder else { return Poll::Ready(None) };
            let written = match ready!(Pin::new(&mut this.body).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => encoder.write(&data),
                    // Trailers: this server writes none.
                    Err(_) => Ok(Bytes::new()),
                },
                Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
                None => this.encoder.take().map_or(Ok(Bytes::new()), Encoder::finish),
            };
            match written {
                Ok(bytes) if bytes.is_empty() => {}
                Ok(bytes) => return Poll::Ready(Some(Ok(Frame::data(bytes)))),
                Err(error) => return Poll::Ready(Some(Err(error.into()))),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        if self.passes_through { self.body.is_end_stream() } else { self.encoder.is_none() }
    }

    fn size_hint(&self) -> SizeHint {
        if self.passes_through { self.body.size_hint() } else { SizeHint::default() }
    }
}

enum Encoder {
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
    Gzip(GzEncoder<Vec<u8>>),
}

impl Encoder {
    fn new(coding: Coding) -> io::Result<Self> {
        Ok(match coding {
            Coding::Zstd => Self::Zstd(zstd::stream::write::Encoder::new(Vec::new(), ZSTD_LEVEL)?),
            Coding::Gzip => Self::Gzip(GzEncoder::new(Vec::new(), flate2::Compression::fast())),
        })
    }

    /// Takes data in and returns what is ready to be sent.
    fn write(&mut self, data: &[u8]) -> io::Result<Bytes> {
        let out = match self {
            Self::Zstd(encoder) => {
                encoder.write_all(data)?;
                encoder.get_mut()
            }
            Self::Gzip(encoder) => {
                encoder.write_all(data)?;
                encoder.get_mut()
            }
        };
        Ok(std::mem::take(out).into())
    }

    /// Returns the last bytes.
    fn finish(self) -> io::Result<Bytes> {
        match self {
            Self::Zstd(encoder) => encoder.finish(),
            Self::Gzip(encoder) => encoder.finish(),
        }
        .map(Bytes::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(value: &'static str) -> Option<Coding> {
        Coding::accepted(&HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(value))]))
    }

    #[test]
    fn the_better_of_the_accepted_codings_is_taken() {
        assert_eq!(accepted("gzip, deflate, br, zstd"), Some(Coding::Zstd));
        assert_eq!(accepted("GZIP;q=0.8"), Some(Coding::Gzip));
        assert_eq!(accepted("*"), Some(Coding::Zstd));
    }

    #[test]
    fn a_weight_of_zero_refuses() {
        assert_eq!(accepted("zstd;q=0, gzip"), Some(Coding::Gzip));
        assert_eq!(accepted("gzip; q=0.0, *;q=0"), None);
        assert_eq!(accepted("identity"), None);
        assert_eq!(Coding::accepted(&HeaderMap::new()), None);
    }
}
