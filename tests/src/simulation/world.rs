//! One history: three handhelds, one server, and everything that can happen.

use field_core::sync::{Push, Request};
use sync_protocol::push::PushAnswer;
use sync_protocol::{Batch, BatchId, Digest, Item, ReplicaEpoch, Telegram, TelegramId, TourId, body};
use uuid::Uuid;

use super::Violation;
use super::air::{self, METERS};
use super::checker;
use super::dice::Dice;
use super::handheld::Handheld;
use super::mutant::Mutant;
use super::network::Network;
use super::office::Office;
use super::truth::Truth;

/// Handhelds in a history.
const HANDHELDS: usize = 3;
/// Things that happen before everybody goes home.
const STEPS: usize = 50;
/// Chance that an exchange goes wrong, in percent.
const TROUBLE: u64 = 40;
/// Sessions after which a handheld with a good network must be done.
const SESSIONS: usize = 40;
/// 2026-11-21T00:00:00Z.
const START_MS: i64 = 1_795_219_200_000;

/// What came of a history.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What the checker found; nothing, if all is well.
    pub violations: Vec<Violation>,
    /// Facts that were on a handheld at some time.
    pub facts: usize,
    /// Facts that were deleted on a handheld after they were safe.
    pub purged: usize,
    /// Facts that were lost with two restored backups, and are seen in the gap report.
    pub reported_losses: usize,
    /// What happened, one line per step; only when asked for.
    pub trace: Vec<String>,
}

/// One history in so many has its files searched for secrets, which takes long.
const SEARCHED: u64 = 16;

/// Plays the history of a seed.
pub fn run(seed: u64, mutant: Option<Mutant>, with_trace: bool) -> Outcome {
    let mut world = World::new(seed, mutant, with_trace);
    for number in 0..HANDHELDS {
        world.drain(number);
    }
    world.network.trouble = TROUBLE;
    for step in 0..STEPS {
        world.step(step);
    }
    world.go_home()
}

struct World {
    seed: u64,
    dice: Dice,
    office: Office,
    network: Network,
    handhelds: Vec<Handheld>,
    truth: Truth,
    /// The tours that each handheld was given and that were not taken back.
    tours: Vec<Vec<TourId>>,
    /// Telegrams that several handhelds may hear: meter and value.
    shared: Vec<(u32, u32)>,
    heard: u32,
    now_ms: i64,
    violations: Vec<Violation>,
    trace: Option<Vec<String>>,
}

impl World {
    fn new(seed: u64, mutant: Option<Mutant>, with_trace: bool) -> Self {
        let mut dice = Dice::new(seed);
        let mut office = Office::new(&mut dice, mutant);
        office.set_clock(START_MS);
        let mut truth = Truth::default();
        let handhelds: Vec<Handheld> = (0..HANDHELDS)
            .map(|number| {
                let pairing = office.pair(&format!("handheld {number}"));
                Handheld::new(number, &pairing, mutant, &mut dice, &mut truth)
            })
            .collect();
        let replicas: Vec<_> = handhelds.iter().map(|handheld| handheld.replica).collect();
        let both = vec![office.new_tour(&replicas), office.new_tour(&replicas)];
        let tours = vec![both; HANDHELDS];
        office.back_up();
        let network = Network::new(&mut dice);
        let shared = (0..12).map(|number| (number % METERS, 1_000_000 + number)).collect();
        let trace = with_trace.then(Vec::new);
        Self {
            seed,
            dice,
            office,
            network,
            handhelds,
            truth,
            tours,
            shared,
            heard: 0,
            now_ms: START_MS,
            violations: Vec::new(),
            trace,
        }
    }

    fn say(&mut self, words: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.push(words());
        }
    }

    fn pass_time(&mut self) {
        self.now_ms += 1 + self.dice.bits().cast_signed().rem_euclid(300_000);
        self.office.set_clock(self.now_ms);
        for handheld in &mut self.handhelds {
            handheld.set_clock(self.now_ms);
        }
    }

    /// Lets one thing happen.
    fn step(&mut self, step: usize) {
        self.pass_time();
        let number = self.dice.below(HANDHELDS);
        match self.dice.below(100) {
            0..=22 => self.hear(number),
            23..=26 => {
                self.say(|| format!("{step}: {number} writes a note"));
                self.handhelds[number].write(&mut self.dice, &mut self.truth);
            }
            27..=71 => {
                // Other things happen between any two steps of a sync.
                for _ in 0..=self.dice.below(6) {
                    self.sync(number);
                }
            }
            72..=74 => {
                self.say(|| format!("{step}: {number} is killed"));
                self.handhelds[number].kill(&mut self.dice);
            }
            75 => {
                self.say(|| format!("{step}: {number} is switched off and on"));
                self.handhelds[number].reboot(&mut self.dice);
            }
            76..=77 => {
                self.say(|| format!("{step}: {number} is backed up"));
                self.handhelds[number].back_up(&mut self.dice);
            }
            78..=79 => {
                let restored = self.handhelds[number].restore(&mut self.dice, &mut self.truth);
                self.say(|| format!("{step}: {number} is restored, its identity known: {restored:?}"));
                if restored == Some(false) {
                    self.pair_again(number);
                }
            }
            80..=81 => {
                self.say(|| format!("{step}: the clock of {number} jumps"));
                self.handhelds[number].jump(&mut self.dice);
            }
            82..=83 => {
                self.say(|| format!("{step}: the server is backed up"));
                self.office.back_up();
            }
            84..=85 => {
                self.say(|| format!("{step}: the server is restored"));
                self.office.restore();
                self.check_purged();
                for number in 0..HANDHELDS {
                    if !self.office.knows(&self.handhelds[number].token) {
                        self.pair_again(number);
                    }
                }
            }
            86..=87 => {
                self.say(|| format!("{step}: somebody replays a batch"));
                self.network.replay(&mut self.office, &mut self.dice);
            }
            88..=91 => {
                self.change_tours(number);
                for _ in 0..self.dice.below(30) {
                    self.sync(number);
                }
                self.say(|| format!("{step}: {number} deletes what it may"));
                self.handhelds[number].purge(&mut self.truth);
                self.check_purged();
            }
            92..=94 => self.change_tours(number),
            95 => self.pair_again(number),
            96..=97 => {
                self.say(|| format!("{step}: {number} ends its walk"));
                self.handhelds[number].end_walk(&mut self.dice);
            }
            _ => self.forge(number),
        }
    }

    /// Four in ten telegrams are such as others hear, too.
    fn hear(&mut self, number: usize) {
        let telegrams: Vec<(u32, u32)> = (0..=self.dice.below(4))
            .map(|_| {
                if self.dice.percent(40) {
                    return self.shared[self.dice.below(self.shared.len())];
                }
                self.heard += 1;
                (self.heard % METERS, self.heard)
            })
            .collect();
        let heard = self.handhelds[number].hear(&telegrams, &mut self.dice, &mut self.truth);
        self.say(|| format!("{number} hears {telegrams:?} and commits {heard}"));
    }

    fn sync(&mut self, number: usize) -> bool {
        let Self { office, network, handhelds, dice, violations, .. } = self;
        let mut exchange = |token: &sync_protocol::Token, request: &Request, dice: &mut Dice| {
            network.exchange(office, token, request, dice)
        };
        let said = handhelds[number].sync_step(dice, &mut exchange).unwrap_or_else(|error| {
            violations.push(Violation::new("I5", format!("handheld {number} cannot sync: {error}")));
            None
        });
        let goes_on = said.is_some();
        self.say(|| format!("{number} {}", said.unwrap_or_else(|| "ends its sync".into())));
        goes_on
    }

    /// The office takes the oldest tours back and gives a new one.
    fn change_tours(&mut self, number: usize) {
        let replica = self.handhelds[number].replica;
        let newest = self.office.new_tour(&[replica]);
        self.say(|| format!("the office gives {number} the tour {newest} and takes back all others"));
        for tour in std::mem::replace(&mut self.tours[number], vec![newest]) {
            self.office.withdraw(tour, replica);
        }
    }

    /// The office revokes a handheld and pairs it again; it is another one now, with another tour.
    fn pair_again(&mut self, number: usize) {
        self.office.revoke(self.handhelds[number].replica);
        let pairing = self.office.pair(&format!("handheld {number}"));
        self.say(|| format!("{number} is paired again as {}", pairing.replica));
        self.handhelds[number].pair_again(&pairing);
        self.tours[number] = vec![self.office.new_tour(&[pairing.replica])];
    }

    /// A manipulated handheld sends a telegram under the name of another one.
    fn forge(&mut self, number: usize) {
        let handheld = &self.handhelds[number];
        let id = BatchId(Uuid::from_u128(u128::from(self.dice.bits())));
        let mut batch = Batch::new(id, handheld.replica, ReplicaEpoch(Uuid::nil()));
        let (meter, value) = self.shared[self.dice.below(self.shared.len())];
        let mut telegram = Telegram::new(air::frame(meter, value + 5_000_000).bytes().to_vec());
        telegram.id = TelegramId::of(air::frame(meter, value).bytes());
        batch.items.push(Item::Telegram(telegram));
        let bytes = body::write(&batch);
        let push = Push { replica: handheld.replica, batch: id, digest: Digest::of(&bytes), body: bytes };
        self.truth.forged.insert(id);
        let answer = self.office.answer(&handheld.token, &Request::Push(push));
        let taken = answer.success::<PushAnswer>().is_some();
        self.say(|| format!("{number} forges a telegram: taken {taken}"));
    }

    fn check_purged(&mut self) {
        checker::purged(&self.truth, &self.office.holdings(), &mut self.violations);
    }

    /// Ends the day: everything that was delayed arrives, the network is good, everybody syncs until
    /// done. Then the office backs up and the handhelds delete; and the next working day begins, on
    /// which gaps are seen.
    fn go_home(mut self) -> Outcome {
        self.network.trouble = 0;
        self.network.replay_all(&mut self.office);
        for number in 0..HANDHELDS {
            self.drain(number);
        }
        let replicas: Vec<_> = self.handhelds.iter().map(|handheld| handheld.replica).collect();
        let tomorrow = self.office.new_tour(&replicas);
        for tours in &mut self.tours {
            tours.push(tomorrow);
        }
        for number in 0..HANDHELDS {
            self.drain(number);
            self.hear(number);
            self.handhelds[number].write(&mut self.dice, &mut self.truth);
            self.drain(number);
        }
        self.office.back_up();
        for number in 0..HANDHELDS {
            for tour in std::mem::take(&mut self.tours[number]) {
                self.office.withdraw(tour, self.handhelds[number].replica);
            }
            self.drain(number);
            self.handhelds[number].purge(&mut self.truth);
            checker::feed(
                number,
                &self.handhelds[number].tours(),
                &self.office.tours_of(self.handhelds[number].replica),
                &mut self.violations,
            );
        }
        if self.seed.is_multiple_of(SEARCHED) {
            checker::no_secret(&self.handhelds, &mut self.violations);
        }
        let holdings = self.office.holdings();
        let reported_losses = checker::all(&self.truth, &self.handhelds, &holdings, &mut self.violations);
        Outcome {
            violations: self.violations,
            facts: self.truth.deeds.len() + self.truth.telegrams.len(),
            purged: self.truth.purged.len(),
            reported_losses,
            trace: self.trace.unwrap_or_default(),
        }
    }

    /// Syncs until the handheld shows that all is done.
    fn drain(&mut self, number: usize) {
        for _ in 0..SESSIONS {
            self.pass_time();
            while self.sync(number) {}
            if self.handhelds[number].is_done() {
                return;
            }
        }
        let shows = self.handhelds[number].shows();
        self.violations.push(Violation::new("I5", format!("handheld {number} does not get done: {shows}")));
    }
}
