//! The verb `state`.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{BufRead, Write};
use std::process::ExitCode;

use anyhow::Context as _;
use serde::Serialize;
use serde_json::Value;
use wmbus::state::{MergeError, Place, StateField, Statement};
use wmbus::{Frame, IdentificationNumber, MeterAddress, MeterState, Telegram, WaitingFrames};

use super::answer::Meter;
use super::input::Input;
use super::knowledge::{Knowledge, KnowledgeOptions};
use super::memory::Memory;
use super::message::{Message, Recorded};
use super::reading::Alarm;
use super::request::{Refusal, Request};
use super::value;

/// Put all telegrams of each meter together, and print what is known of it at the end.
///
/// One JSON object a meter: each value with the telegram that says it. Telegrams are numbered as they
/// come; later ones are newer.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    known: KnowledgeOptions,
    #[command(flatten)]
    input: Input,
}

/// What is known of one meter.
#[derive(Debug, Serialize)]
struct State {
    meter: Meter,
    /// All addresses that it is known by: its own, and those of radio converters.
    addresses: Vec<String>,
    last_telegram: Option<u64>,
    fields: BTreeMap<String, Vec<Known>>,
    alarms: Vec<KnownAlarm>,
}

/// One value.
#[derive(Debug, Serialize)]
struct Known {
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u64>,
    value: Value,
    #[serde(skip_serializing_if = "String::is_empty")]
    unit: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    /// What the meter's clock said in the same telegram.
    #[serde(skip_serializing_if = "Option::is_none")]
    meter_time: Option<String>,
    /// The telegram that says it, from 1.
    telegram: Option<u64>,
    /// The telegram since which the meter says that there is no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    unavailable_since: Option<u64>,
}

#[derive(Debug, Serialize)]
struct KnownAlarm {
    #[serde(flatten)]
    alarm: Alarm,
    telegram: u64,
}

/// The meters that were heard.
struct Meters {
    states: Vec<MeterState<u64>>,
    /// Which of them have a number; makers may give the same one.
    by_number: BTreeMap<IdentificationNumber, Vec<usize>>,
    memory: Memory,
    /// Compact frames that were heard before their format.
    waiting: WaitingFrames<u64>,
    telegrams: u64,
    refused: bool,
}

impl Arguments {
    /// Merges; the exit code is 1 when a telegram was refused or not merged.
    pub(super) fn run(&self, input: impl BufRead, output: &mut impl Write) -> anyhow::Result<ExitCode> {
        let known = self.known.read()?;
        let mut meters = Meters {
            states: Vec::new(),
            by_number: BTreeMap::new(),
            memory: Memory::new(known.formats.known.clone()),
            waiting: WaitingFrames::default(),
            telegrams: 0,
            refused: false,
        };
        self.input.each(input, |request, _| {
            meters.take(request, &known);
            Ok(())
        })?;
        for state in &meters.states {
            serde_json::to_writer(&mut *output, &State::new(state)).map_err(std::io::Error::from)?;
            output.write_all(b"\n").context("failed to write the output")?;
        }
        known.formats.save(meters.memory.formats())?;
        Ok(ExitCode::from(u8::from(meters.refused)))
    }
}

impl Meters {
    fn take(&mut self, request: Result<Request, Refusal>, known: &Knowledge) {
        match request {
            Ok(Request { message: Message::Frame { frame, .. }, .. }) => self.take_frame(&frame, known),
            Ok(Request { message: Message::Recording(recorded), .. }) => {
                for recorded in recorded {
                    match recorded {
                        Recorded::Data(frame) => self.take_frame(&frame, known),
                        Recorded::Bus(_) => {}
                        Recorded::Damaged { fault, .. } => {
                            self.telegrams += 1;
                            self.refuse(fault);
                        }
                    }
                }
            }
            Err(Refusal { fault, .. }) => {
                self.telegrams += 1;
                self.refuse(fault.message);
            }
        }
    }

    fn take_frame(&mut self, frame: &Frame, known: &Knowledge) {
        self.telegrams += 1;
        let formats = self.memory.formats().len();
        match self.memory.decode(frame, &known.keys) {
            Ok(telegram) => {
                if let Err(error) = self.merge(&telegram, self.telegrams, known) {
                    self.refuse(error);
                }
                self.waiting.keep(&telegram, self.telegrams);
            }
            Err(error) => self.refuse(error),
        }
        if self.memory.formats().len() > formats {
            for (telegram, number) in self.waiting.take_readable(self.memory.formats()) {
                // What is not merged now was told when it was heard.
                let _ = self.merge(&telegram, number, known);
            }
        }
    }

    fn merge(&mut self, telegram: &Telegram, number: u64, known: &Knowledge) -> Result<(), MergeError> {
        let with_number = self.by_number.entry(telegram.meter().identification_number).or_default();
        for place in with_number.iter() {
            if let Some(state) = self.states.get_mut(*place).filter(|state| state.is_of(telegram)) {
                return state.merge(telegram, &known.profiles, number);
            }
        }
        let mut state = MeterState::new(telegram);
        state.merge(telegram, &known.profiles, number)?;
        with_number.push(self.states.len());
        self.states.push(state);
        Ok(())
    }

    fn refuse(&mut self, why: impl Display) {
        self.refused = true;
        super::tell(format_args!("telegram {}: {why}", self.telegrams));
    }
}

impl State {
    fn new(state: &MeterState<u64>) -> Self {
        let mut fields: BTreeMap<String, Vec<Known>> = BTreeMap::new();
        for (name, place, field) in state.fields() {
            fields.entry(name.to_owned()).or_default().push(Known::new(place, field));
        }
        Self {
            meter: Meter::new(&state.meter()),
            addresses: state.addresses().map(MeterAddress::to_string).collect(),
            last_telegram: state.last_reception().copied(),
            fields,
            alarms: state
                .alarms()
                .map(|(telegram, alarm)| KnownAlarm { alarm: Alarm::new(alarm), telegram: *telegram })
                .collect(),
        }
    }
}

impl Known {
    fn new(place: Place, field: &StateField<u64>) -> Self {
        let best = field.best();
        let text = |moment: Option<wmbus::Timestamp>| moment.map(|moment| moment.to_string());
        Self {
            index: match place {
                Place::Index(index) => Some(index),
                Place::Single | Place::At(_) => None,
            },
            value: best.map_or(Value::Null, |best| value::json(&best.value)),
            unit: best.map_or_else(String::new, |best| best.unit.to_string()),
            date: text(best.and_then(|best| best.date)),
            meter_time: text(best.and_then(|best| best.meter_time)),
            telegram: best.map(|best: &Statement<u64>| best.reception),
            unavailable_since: field.unavailable().copied(),
        }
    }
}
