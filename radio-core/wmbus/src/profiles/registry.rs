//! All profiles that are known.

use super::profile::Profile;
use super::reading::Reading;
use crate::apl::DataRecord;
use crate::meter::MeterAddress;
use crate::telegram::Telegram;
use crate::tpl::Status;
#[cfg(feature = "profiles")]
use alloc::borrow::ToOwned;
use alloc::vec::Vec;

/// All profiles that are known.
///
/// ```
/// use wmbus::profiles::Profiles;
///
/// let mut profiles = Profiles::default();
/// let text = r#"
/// title = "A water meter"
/// meters = [{ manufacturer = "SEN", versions = [0x68], types = [0x07] }]
/// fields = [{ quantity = "volume", name = "total_volume", key = "total_m3" }]
/// "#;
/// assert!(profiles.add("a_water_meter", text).is_ok());
/// let meter = "SEN-33225544-68-07".parse()?;
/// assert_eq!(profiles.find(&meter).map(|profile| profile.title()), Some("A water meter"));
/// # Ok::<(), wmbus::meter::ParseMeterAddressError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Profiles(Vec<Profile>);

impl Profiles {
    /// Returns the profile about a meter: of several the one that was added last, so that own profiles
    /// come before the built-in ones.
    pub fn find(&self, meter: &MeterAddress) -> Option<&Profile> {
        self.0.iter().rev().find(|profile| profile.is_about(meter))
    }

    /// Returns all profiles in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Profile> {
        self.0.iter()
    }

    /// Names the values of a telegram, and reads its alarms.
    ///
    /// The profile is that of the meter, otherwise that of the radio converter on it; without one the
    /// names are given by rule.
    pub fn read(&self, telegram: &Telegram) -> Reading<'_> {
        let (meter, link) = (telegram.meter(), telegram.link_address());
        let profile = self.find(&meter).or_else(|| self.find(&link));
        let records = telegram.content().records();
        Reading::new(profile, &meter, telegram.status(), records).with_alarms(telegram.alarms())
    }

    /// Does the same for records that did not come in one telegram.
    pub fn read_records(
        &self,
        meter: &MeterAddress,
        status: Option<Status>,
        records: &[DataRecord],
    ) -> Reading<'_> {
        Reading::new(self.find(meter), meter, status, records)
    }
}

#[cfg(feature = "profiles")]
impl Profiles {
    /// Returns the profiles that come with the library.
    pub fn builtin() -> Self {
        let mut profiles = Self::default();
        for (name, text) in super::builtin::FILES {
            let added = profiles.add(name, text);
            debug_assert!(added.is_ok(), "{name}: {added:?}");
        }
        profiles
    }

    /// Adds a profile from its TOML text; it comes before all that were added so far.
    ///
    /// # Errors
    /// Says what is wrong with the text, or that the name is taken. Nothing is added then.
    pub fn add(&mut self, name: &str, text: &str) -> Result<(), super::ProfileError> {
        if self.0.iter().any(|profile| profile.name == name) {
            return Err(super::ProfileError::Duplicate(name.to_owned()));
        }
        self.0.push(super::schema::parse(name, text)?);
        Ok(())
    }
}
