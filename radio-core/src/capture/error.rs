//! Why a capture cannot be read.

use std::path::PathBuf;

/// A capture cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// The file or pipe failed.
    #[error("failed to read the samples")]
    Io(#[from] std::io::Error),
    /// A file that belongs to the capture cannot be opened.
    #[error("failed to open {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The WAV header ends before the samples begin.
    #[error("the WAV header has no {chunk} chunk before its end; was the file cut?")]
    WavChunk {
        /// The chunk that is missing.
        chunk: &'static str,
    },
    /// The WAV file holds something other than I and Q.
    #[error("the WAV file has {channels} channels; I and Q make two")]
    WavChannels {
        /// How many it has.
        channels: u16,
    },
    /// The WAV file's samples are coded in a way that is not read.
    #[error(
        "WAV samples of {bits} bits in coding {coding} are not read; 8 and 16 bits PCM and 32 bits float are"
    )]
    WavCoding {
        /// The format tag: 1 is PCM, 3 is float.
        coding: u16,
        /// Bits a sample.
        bits: u16,
    },
    /// The metadata are no JSON of the SigMF kind.
    #[error("the SigMF metadata are not valid: {0}")]
    SigmfJson(#[source] serde_json::Error),
    /// The metadata are longer than any capture's.
    #[error("the SigMF metadata are longer than {limit} bytes")]
    SigmfTooLong {
        /// The limit.
        limit: usize,
    },
    /// The metadata name a sample type that is not read.
    #[error("samples of SigMF type {datatype:?} are not read; cu8, ci8, ci16_le and cf32_le are")]
    SigmfDatatype {
        /// The type.
        datatype: String,
    },
    /// The metadata tell of several channels in one file.
    #[error("the SigMF file holds {channels} channels of samples; one can be read")]
    SigmfChannels {
        /// How many it has.
        channels: u64,
    },
}
