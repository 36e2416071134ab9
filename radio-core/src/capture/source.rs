//! From where the samples of a capture come.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

use demodulator::{Complex32, SampleDecoder, SampleFormat};

use super::wav::{self, WavHeader};
use super::{CaptureError, Description, sigmf};

/// So many bytes are read at a time: some milliseconds, so that frames are told as they are heard.
const BLOCK_BYTES: usize = 32 * 1024;
/// No metadata are longer.
const SIGMF_LIMIT: usize = 16 * 1024 * 1024;
/// By its first bytes a WAV file is known.
const WAV_START: usize = 12;

/// A capture whose samples have not been read yet.
#[derive(Debug)]
pub struct Capture<R> {
    description: Description,
    bytes: Bytes<R>,
}

/// The bytes of the samples: those that were read to know what they are, and the rest.
type Bytes<R> = io::Take<io::Chain<Cursor<Vec<u8>>, R>>;

impl Capture<File> {
    /// Opens a file: WAV, SigMF (its metadata or its data) or bare samples.
    ///
    /// # Errors
    /// When a file cannot be opened, or its header describes samples that are not read.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, CaptureError> {
        let path = path.as_ref();
        let named = Description::of_name(path);
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("sigmf-meta" | "sigmf-data") => {
                let described = sigmf::parse(&read_text(&path.with_extension("sigmf-meta"))?)?;
                let data = open(&path.with_extension("sigmf-data"))?;
                Ok(Self { description: described.or(named), bytes: bytes(Vec::new(), data, None) })
            }
            _ => Self::from_reader(open(path)?, named),
        }
    }
}

impl<R: Read> Capture<R> {
    /// Takes a stream that holds a WAV file or bare samples; a WAV header is believed, then what is `known`.
    ///
    /// # Errors
    /// When reading fails, or a WAV header describes samples that are not read.
    pub fn from_reader(mut input: R, known: Description) -> Result<Self, CaptureError> {
        let mut start = Vec::with_capacity(WAV_START);
        input.by_ref().take(WAV_START as u64).read_to_end(&mut start)?;
        if !wav::is_wav(&start) {
            return Ok(Self { description: known, bytes: bytes(start, input, None) });
        }
        let WavHeader { description, data_bytes } = wav::read_header(&mut input)?;
        Ok(Self { description: description.or(known), bytes: bytes(Vec::new(), input, data_bytes) })
    }

    /// Returns what is known about the samples.
    pub fn description(&self) -> Description {
        self.description
    }

    /// Begins to read the samples as they are written in `format`.
    pub fn into_samples(self, format: SampleFormat) -> Samples<R> {
        Samples {
            bytes: self.bytes,
            decoder: SampleDecoder::new(format),
            block: vec![0; BLOCK_BYTES],
            samples: Vec::with_capacity(BLOCK_BYTES),
        }
    }
}

/// Yields the samples of a capture, block by block, as soon as they are there.
#[derive(Debug)]
pub struct Samples<R> {
    bytes: Bytes<R>,
    decoder: SampleDecoder,
    block: Vec<u8>,
    samples: Vec<Complex32>,
}

impl<R: Read> Samples<R> {
    /// Returns the next samples, or `None` at the end; a sample that the end cuts is left out.
    ///
    /// # Errors
    /// When reading fails.
    pub fn next_block(&mut self) -> Result<Option<&[Complex32]>, CaptureError> {
        self.samples.clear();
        while self.samples.is_empty() {
            let count = match self.bytes.read(&mut self.block) {
                Ok(0) => return Ok(None),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            self.decoder.feed(self.block.get(..count).unwrap_or_default(), &mut self.samples);
        }
        Ok(Some(&self.samples))
    }
}

fn bytes<R: Read>(start: Vec<u8>, rest: R, limit: Option<u64>) -> Bytes<R> {
    Cursor::new(start).chain(rest).take(limit.unwrap_or(u64::MAX))
}

fn open(path: &Path) -> Result<File, CaptureError> {
    File::open(path).map_err(|source| CaptureError::Open { path: PathBuf::from(path), source })
}

fn read_text(path: &Path) -> Result<String, CaptureError> {
    let mut text = String::new();
    open(path)?.take(SIGMF_LIMIT as u64 + 1).read_to_string(&mut text)?;
    if text.len() > SIGMF_LIMIT {
        return Err(CaptureError::SigmfTooLong { limit: SIGMF_LIMIT });
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pipe that delivers as little as it may.
    struct Trickle<'a>(&'a [u8]);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let few = buffer.len().min(3);
            self.0.read(buffer.get_mut(..few).unwrap_or_default())
        }
    }

    fn all<R: Read>(capture: Capture<R>, format: SampleFormat) -> Vec<Complex32> {
        let mut samples = capture.into_samples(format);
        let mut all = Vec::new();
        while let Some(block) = samples.next_block().unwrap() {
            all.extend_from_slice(block);
        }
        all
    }

    #[test]
    fn a_pipe_that_trickles_gives_the_same_samples_as_a_file() {
        let bytes: Vec<u8> = (0..=255).collect();
        let whole = Capture::from_reader(bytes.as_slice(), Description::default()).unwrap();
        let trickled = Capture::from_reader(Trickle(&bytes), Description::default()).unwrap();
        let whole = all(whole, SampleFormat::Cs16);
        assert_eq!(whole.len(), 64);
        assert_eq!(all(trickled, SampleFormat::Cs16), whole);
    }

    #[test]
    fn what_follows_the_samples_of_a_wav_file_is_none_of_them() {
        let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0".to_vec();
        file.extend_from_slice(&1_600_000_u32.to_le_bytes());
        file.extend_from_slice(b"\0\0\0\0\x02\0\x08\0data\x04\0\0\0\xFF\0\0\xFFLIST\x04\0\0\0abcd");
        let capture = Capture::from_reader(file.as_slice(), Description::of_name("868.3M_1M.cs16")).unwrap();
        let described = capture.description();
        assert_eq!((described.format, described.rate_hz), (Some(SampleFormat::Cu8), Some(1_600_000)));
        assert_eq!(described.center_hz, Some(868_300_000));
        assert_eq!(all(capture, SampleFormat::Cu8), [Complex32::new(1.0, -1.0), Complex32::new(-1.0, 1.0)]);
    }

    #[test]
    fn metadata_and_data_of_sigmf_are_found_by_either_name() {
        let folder = tempfile::tempdir().unwrap();
        let meta = r#"{"global":{"core:datatype":"ci8","core:sample_rate":1e6},"captures":[]}"#;
        std::fs::write(folder.path().join("868.95M.sigmf-meta"), meta).unwrap();
        std::fs::write(folder.path().join("868.95M.sigmf-data"), [64, 0xC0]).unwrap();
        for ending in ["sigmf-meta", "sigmf-data"] {
            let capture = Capture::open(folder.path().join(format!("868.95M.{ending}"))).unwrap();
            assert_eq!(capture.description().rate_hz, Some(1_000_000));
            assert_eq!(capture.description().center_hz, Some(868_950_000));
            assert_eq!(all(capture, SampleFormat::Cs8), [Complex32::new(0.5, -0.5)]);
        }
    }
}
