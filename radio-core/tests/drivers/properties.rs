//! What must hold whatever a receiver says.

use proptest::prelude::*;
use walkby_properties::{driver, driver_noise};

/// An answer that sets a driver up further is likelier than any other act.
fn act() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => (0x80_u8..=0x8B).prop_map(|answer| vec![answer]),
        2 => (0xE0_u8..=0xEF).prop_map(|time| vec![time]),
        1 => (0xF8_u8..=0xFF).prop_map(|answer| vec![answer]),
        1 => (0xF0_u8..=0xF7).prop_map(|modes| vec![modes]),
        1 => (0xC0_u8..=0xCB, any::<u8>()).prop_map(|(answer, bit)| vec![answer, bit]),
        1 => prop::collection::vec(any::<u8>(), 1..=64).prop_map(|bytes| {
            let count = u8::try_from(bytes.len() - 1).unwrap();
            [&[count][..], &bytes].concat()
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_dialogue_is_survived_without_growing_and_without_a_made_up_frame(
        kind in any::<u8>(),
        modes in 1_u8..8,
        acts in prop::collection::vec(act(), 0..100),
    ) {
        driver(&[&[kind, modes][..], &acts.concat()].concat());
    }

    #[test]
    fn noise_of_any_length_is_no_frame_and_ends(bytes in prop::collection::vec(any::<u8>(), 0..3_000)) {
        driver_noise(&bytes);
    }
}

#[test]
fn a_flood_of_beginnings_costs_no_more_than_its_length_allows() {
    // Every byte begins a message that never ends as it should.
    for flood in [[0xA5, 0x81, 0x02, 0xFF], [0xFF, 0x03, 0xFF, 0x44], [0x3E, 0x44, 0xAE, 0x4C], *b"bbbb"] {
        driver_noise(&flood.repeat(4_000));
    }
}
