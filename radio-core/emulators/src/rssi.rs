//! How the CC1101, which several receivers are built around, tells a level.

/// Returns the byte of which dBm = byte / 2 − 74 gives the level again, in two's complement.
pub(crate) fn cc1101(rssi_dbm: i16) -> u8 {
    let [_, low] = rssi_dbm.saturating_add(74).saturating_mul(2).clamp(-128, 127).to_be_bytes();
    low
}
