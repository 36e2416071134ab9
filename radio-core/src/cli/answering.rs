//! From requests to answers: frames decoded, readouts of a wired bus put together.

use serde_json::{Map, Value};
use wmbus::explain::Explanation;
use wmbus::wired::{Readout, WiredFrame};
use wmbus::{DataRecord, FrameFormat, Keys, Telegram};

use super::answer::{Answer, Decoded, Fault, Record};
use super::knowledge::Knowledge;
use super::memory::Memory;
use super::message::{Message, Recorded};
use super::request::{Refusal, Request};
use crate::hex;

/// What is wanted beside the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    Nothing,
    /// Every byte explained; of a refused telegram, too, and of what the master of a wired bus sends.
    Explanation,
    /// What wmbusmeters would write.
    Wmbusmeters,
}

impl Beside {
    fn explain<T>(self, explain: impl FnOnce() -> T) -> Option<T> {
        (self == Self::Explanation).then(explain)
    }
}

impl Answer {
    /// Answers a request by exactly one answer; the known keys are tried where it brings no key of its own.
    pub(super) fn one(request: Result<Request, Refusal>, known: &Knowledge, memory: &mut Memory) -> Self {
        let id = match &request {
            Ok(request) => request.id.clone(),
            Err(refusal) => refusal.id.clone(),
        };
        let mut answers = Self::all(request, known, memory, Beside::Nothing);
        match (answers.pop(), answers.len()) {
            (Some(answer), 0) => answer,
            (_, others) => {
                let count = others + 1;
                let message = format!("{count} readouts in one line; give each a line of its own");
                Self::refused(id, Fault::input("several_readouts", message), None)
            }
        }
    }

    /// Answers a request: by several answers where it holds several readouts of a wired bus.
    pub(super) fn all(
        request: Result<Request, Refusal>,
        known: &Knowledge,
        memory: &mut Memory,
        beside: Beside,
    ) -> Vec<Self> {
        let Request { id, message, key } = match request {
            Ok(request) => request,
            Err(Refusal { id, fault, bytes }) => {
                let explanation = beside.explain(|| Explanation::of_bytes(&bytes, &known.keys));
                return vec![Self::refused(id, fault, explanation.filter(|_| !bytes.is_empty()))];
            }
        };
        let keys = key.as_ref().map_or(&known.keys as &dyn Keys, |key| key as &dyn Keys);
        match message {
            Message::Frame { frame, format } => vec![match memory.decode(&frame, keys) {
                Ok(telegram) => Self::decoded(Decoded::of(id, &telegram, known, format, beside)),
                Err(error) => {
                    let explanation = beside.explain(|| Explanation::of(&frame, keys));
                    Self::refused(id, Fault::decode(&error), explanation)
                }
            }],
            Message::Recording(recorded) => Self::of_recording(&id, recorded, known, keys, beside),
        }
    }

    /// Puts the telegrams of each readout together. Beside data, what the master sends is left out.
    fn of_recording(
        id: &Value,
        recorded: Vec<Recorded>,
        known: &Knowledge,
        keys: &dyn Keys,
        beside: Beside,
    ) -> Vec<Self> {
        let only_bus = recorded.iter().all(|recorded| matches!(recorded, Recorded::Bus(_)));
        let with_bus = only_bus || beside == Beside::Explanation;
        let mut answers = Vec::new();
        let mut open: Option<Readout> = None;
        for recorded in recorded {
            let next = match recorded {
                Recorded::Data(frame) => match Telegram::decode(&frame, keys) {
                    Ok(telegram) => {
                        let next = match &mut open {
                            None => Some(telegram),
                            Some(readout) => readout.add(telegram).err().map(|(_, telegram)| *telegram),
                        };
                        if let Some(telegram) = next {
                            let whole = open.replace(Readout::new(telegram));
                            answers
                                .extend(whole.map(|readout| Self::of_readout(id, &readout, known, beside)));
                        }
                        continue;
                    }
                    Err(error) => {
                        let explanation = beside.explain(|| Explanation::of(&frame, keys));
                        Self::refused(id.clone(), Fault::decode(&error), explanation)
                    }
                },
                Recorded::Bus(frame) if with_bus => Self::decoded(Decoded::of_bus(id.clone(), &frame)),
                Recorded::Bus(_) => continue,
                Recorded::Damaged { start, fault } => {
                    let fault = Fault::frame(fault).moved_by(start);
                    Self::refused(id.clone(), fault, None)
                }
            };
            answers.extend(open.take().map(|readout| Self::of_readout(id, &readout, known, beside)));
            answers.push(next);
        }
        answers.extend(open.map(|readout| Self::of_readout(id, &readout, known, beside)));
        answers
    }

    fn of_readout(id: &Value, readout: &Readout, known: &Knowledge, beside: Beside) -> Self {
        Self::decoded(Decoded::of_readout(id.clone(), readout, known, beside))
    }

    fn decoded(decoded: Decoded) -> Self {
        Self::Decoded(Box::new(decoded))
    }

    const fn refused(id: Value, error: Fault, explanation: Option<Explanation>) -> Self {
        Self::Refused { id, ok: false, error, explanation }
    }
}

impl Decoded {
    /// Answers with one telegram.
    fn of(id: Value, telegram: &Telegram, known: &Knowledge, format: FrameFormat, beside: Beside) -> Self {
        let reading = known.profiles.read(telegram);
        let mut decoded = Self::new(id, telegram, &reading, format);
        decoded.explanations.extend(beside.explain(|| telegram.explain_with(&reading)));
        if beside == Beside::Wmbusmeters {
            decoded.flat = reading.wmbusmeters(telegram);
        }
        decoded
    }

    /// Answers with all telegrams of a readout: the head of the first, the records of all.
    fn of_readout(id: Value, readout: &Readout, known: &Knowledge, beside: Beside) -> Self {
        let first = readout.first();
        let records: Vec<DataRecord> = readout.records().cloned().collect();
        let reading = known.profiles.read_records(&first.meter(), first.status(), &records);
        let mut whole = Self::new(id, first, &reading, FrameFormat::Wired);
        for (telegram, part) in readout.telegrams().enumerate().skip(1) {
            let records = part.content().records().iter().map(Record::new);
            whole.records.extend(records.map(|record| Record { telegram, ..record }));
            whole.warnings.extend(part.warnings().iter().map(ToString::to_string));
            whole.doubtful |= part.is_doubtful();
        }
        if !readout.is_complete() {
            whole.warnings.push("the meter has more records, but its next telegram is missing".to_owned());
        }
        if beside == Beside::Explanation {
            let explain = |telegram: &Telegram| telegram.explain_with(&known.profiles.read(telegram));
            whole.explanations = readout.telegrams().map(explain).collect();
        }
        if beside == Beside::Wmbusmeters {
            whole.flat = reading.wmbusmeters(first);
        }
        whole
    }

    /// Answers with what no meter sends.
    fn of_bus(id: Value, frame: &WiredFrame) -> Self {
        let mut detail = Map::new();
        let mut put = |name: &str, value: Value| detail.insert(name.to_owned(), value);
        put("kind", frame.kind().into());
        put("text", frame.to_string().into());
        if let (Some(control), Some(address)) = (frame.control(), frame.address()) {
            put("control", control.name().into());
            put("frame_count", control.frame_count().map(u8::from).into());
            put("address", address.0.into());
        }
        if let Some(ci) = frame.ci() {
            put("ci", format!("{:02X}", ci.0).into());
            put("name", ci.name().into());
            put("data", hex::write(frame.data()).into());
        }
        Self { explanations: vec![frame.explain()], ..Self::of_no_meter(id, "bus", detail) }
    }
}
