//! The telegrams that the benches decode.
//!
//! They are made by the encoder or are those of the project's own tests, so benches run anywhere.

mod house;
mod own_layouts;
mod profiles;

use wmbus::{Frame, KeyRing};

pub(crate) use house::{key, on_air, water_only};

/// Telegrams of one kind, and the keys that open them.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) is_encrypted: bool,
    pub(crate) frames: Vec<Frame>,
    pub(crate) keys: KeyRing,
}

/// The kinds of telegrams of the mixed corpus.
pub(crate) fn kinds() -> Vec<Kind> {
    let plain = |name, frames| Kind { name, is_encrypted: false, frames, keys: KeyRing::default() };
    let encrypted = |name, (frames, keys)| Kind { name, is_encrypted: true, frames, keys };
    vec![
        plain("plain", house::walk(|builder, _| builder).0),
        plain("plain, a telegram of each profile", profiles::telegrams()),
        plain("compact frame", house::compact()),
        plain("makers' own layouts", own_layouts::telegrams()),
        encrypted("mode 5", house::walk(|builder, _| builder.mode5(key()))),
        encrypted("mode 7", house::walk(|builder, number| builder.mode7(key(), number))),
        encrypted("ELL-CTR", house::walk(|builder, number| builder.no_header().ell_ctr(key(), 1, number))),
    ]
}
