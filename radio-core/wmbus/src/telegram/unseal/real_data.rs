//! "Real data" of the Diehl group: records scrambled by a shift register, with a sum as the only check.

use super::super::{Authentication, SealedReason};
use super::candidate::why_not;
use super::{Sealed, Unsealed};
use crate::security::{Keys, lfsr};

/// Where the check lies: in the high byte of the configuration field.
const CHECK: usize = 14;

/// How sure it is that bytes are what was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Certainty {
    /// The records begin with one that is whole.
    Plausible,
    /// They are records to the last byte.
    Throughout,
}

impl Sealed<'_> {
    /// The sum is of seven bits only, so the records have to agree.
    pub(super) fn open_real_data(
        self,
        payload: &mut [u8],
        keys: &dyn Keys,
    ) -> Result<Unsealed, SealedReason> {
        let candidates = self.candidates_scrambling(keys);
        let check = payload.get(CHECK).copied().unwrap_or_default();
        let best = candidates
            .iter()
            .filter_map(|candidate| {
                let plaintext = lfsr::unscramble(candidate.key, payload)?;
                let trial = [payload.get(..lfsr::FIRST)?, &plaintext].concat();
                let certainty = self.certainty(&trial).filter(|_| lfsr::checks(&plaintext, check))?;
                Some((certainty, trial, candidate.is_default))
            })
            // Of equals the first one, which is the meter's own.
            .reduce(|best, next| if next.0 > best.0 { next } else { best });
        match best {
            // Logs hold telegrams that were unscrambled before they were stored.
            None | Some((Certainty::Plausible, ..))
                if self.certainty(payload) == Some(Certainty::Throughout) =>
            {
                Ok(Unsealed::already_decrypted(Authentication::Absent))
            }
            None => Err(why_not(&candidates)),
            Some((_, trial, is_default)) => {
                payload.copy_from_slice(&trial);
                Ok(Unsealed::decrypted(Authentication::Absent, lfsr::FIRST..payload.len(), is_default))
            }
        }
    }

    fn certainty(self, payload: &[u8]) -> Option<Certainty> {
        if !self.is_plausible(payload) {
            None
        } else if self.is_records_throughout(payload) {
            Some(Certainty::Throughout)
        } else {
            Some(Certainty::Plausible)
        }
    }
}
