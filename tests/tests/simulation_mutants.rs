//! The simulation proves its own power: with any one rule broken, some history must fail.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use e2e::simulation::{Mutant, run};

/// Histories that a mutant may survive before it counts as not caught.
const SEEDS: u64 = 600;

fn is_caught(mutant: Mutant) {
    let caught = (0..SEEDS).find_map(|seed| {
        let violations = run(seed, Some(mutant), false).violations;
        violations.into_iter().next().map(|violation| (seed, violation))
    });
    let Some((seed, violation)) = caught else { panic!("{mutant:?} survived {SEEDS} histories") };
    println!("{mutant:?} is caught by history {seed}: {violation}");
}

macro_rules! mutants {
    ($($name:ident: $mutant:ident;)*) => {
        $(#[test] fn $name() { is_caught(Mutant::$mutant); })*

        #[test]
        fn every_mutant_has_its_test() {
            assert_eq!(Mutant::ALL, [$(Mutant::$mutant),*]);
        }
    };
}

mutants! {
    a_handheld_that_takes_any_2xx_for_a_receipt_is_caught: AcceptAny2xx;
    a_handheld_that_takes_the_receipt_of_another_batch_is_caught: NoEchoCheck;
    a_handheld_that_deletes_what_is_not_safe_is_caught: PurgeOnAccept;
    a_handheld_that_ignores_a_restored_server_is_caught: IgnoreServerEpoch;
    a_handheld_that_counts_its_batches_is_caught: CounterBatchIds;
    a_handheld_that_makes_identities_of_sequence_numbers_is_caught: SequenceAsIdentity;
    a_server_that_checks_no_digest_is_caught: NoDigestCheck;
    a_server_that_keeps_half_a_batch_is_caught: NonAtomicBatch;
    a_server_that_takes_a_counted_batch_id_twice_is_caught: ReusedBatchIdIsFine;
    a_server_that_trusts_a_telegram_id_is_caught: TrustTelegramId;
}
