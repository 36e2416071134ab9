//! Three handhelds that heard the same every time, and a network that is another one every time.

use std::sync::Arc;

use sync_server::store::Store;

use super::air::METERS;
use super::dice::Dice;
use super::handheld::Handheld;
use super::network::Network;
use super::office::Office;
use super::truth::Truth;

/// Handhelds that push at the same time.
const HANDHELDS: usize = 3;
/// Times that each handheld hears something.
const WALKS: usize = 12;
/// The day of the walks and that of the syncs: 2026-11-21 and the day after.
const WALKED_MS: i64 = 1_795_219_200_000;
const SYNCED_MS: i64 = WALKED_MS + 86_400_000;
/// Steps after which three handhelds must be done.
const STEPS: usize = 100_000;

/// Lets three handhelds hear what `walk_seed` says, sync all of it over a network that goes wrong in
/// `trouble` of a hundred exchanges as `network_seed` says, and returns what the database then holds, as
/// text. What only says how the facts came, the clock samples of each hello, is left out.
pub fn converge(walk_seed: u64, network_seed: u64, trouble: u64, store: Arc<dyn Store>) -> String {
    let mut walk_dice = Dice::new(walk_seed);
    let mut office = Office::over(store, &mut walk_dice);
    office.set_clock(WALKED_MS);
    let mut truth = Truth::default();
    let mut handhelds: Vec<Handheld> = (0..HANDHELDS)
        .map(|number| {
            let pairing = office.pair(&format!("handheld {number}"));
            Handheld::new(number, &pairing, None, &mut walk_dice, &mut truth)
        })
        .collect();
    let replicas: Vec<_> = handhelds.iter().map(|handheld| handheld.replica).collect();
    office.new_tour(&replicas);
    let mut network = Network::new(&mut walk_dice);
    for handheld in &mut handhelds {
        handheld.set_clock(WALKED_MS);
        while !handheld.is_synced(&mut network, &mut office, &mut walk_dice) {}
    }
    let mut own = 0;
    for walk in 0..WALKS {
        for handheld in &mut handhelds {
            handheld.set_clock(WALKED_MS + i64::try_from(walk).unwrap() * 60_000);
            own += 1;
            let shared = (u32::try_from(walk_dice.below(3)).unwrap(), 1_000_000);
            handheld.hear(&[(own % METERS, own), shared, shared], &mut walk_dice, &mut truth);
            if walk % 4 == 0 {
                handheld.write(&mut walk_dice, &mut truth);
            }
        }
    }
    office.set_clock(SYNCED_MS);
    let mut dice = Dice::new(network_seed);
    network.trouble = trouble;
    let mut open: Vec<usize> = (0..HANDHELDS).collect();
    for _ in 0..STEPS {
        let Some(at) = (!open.is_empty()).then(|| dice.below(open.len())) else { break };
        let handheld = &mut handhelds[open[at]];
        handheld.set_clock(SYNCED_MS);
        if handheld.is_synced(&mut network, &mut office, &mut dice) {
            open.swap_remove(at);
        }
        if dice.percent(trouble) {
            network.replay(&mut office, &mut dice);
        }
    }
    assert!(open.is_empty(), "handhelds {open:?} do not get done");
    network.replay_all(&mut office);
    let lines: Vec<String> =
        office.dump().lines().filter(|line| !line.starts_with("clock ")).map(str::to_owned).collect();
    lines.join("\n")
}
