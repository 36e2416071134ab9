//! The C field (EN 13757-4, 12.5.4; EN 60870-5-2).

const RESERVED: &str = "reserved";

/// Returns the standard's name of a C field, such as `SND-NR`.
pub const fn control_name(control: u8) -> &'static str {
    match control {
        0x44 => "SND-NR",
        0x46 => "SND-IR",
        0x47 => "ACC-NR",
        0x48 => "ACC-DMD",
        0x08 | 0x18 | 0x28 | 0x38 => "RSP-UD",
        0x00 | 0x10 | 0x20 | 0x30 => "ACK",
        0x01 | 0x11 | 0x21 | 0x31 => "NACK",
        0x40 => "SND-NKE",
        0x43 => "SND-UD2",
        0x45 => "SND-UD3",
        0x53 | 0x73 => "SND-UD",
        0x5A | 0x7A => "REQ-UD1",
        0x5B | 0x7B => "REQ-UD2",
        0x06 => "CNF-IR",
        _ => RESERVED,
    }
}

/// Tells whether a radio frame brings a meter data of the other side (SND-UD, SND-UD2, SND-UD3).
pub(crate) const fn is_user_data_to_meter(control: u8) -> bool {
    matches!(control, 0x43 | 0x45 | 0x53 | 0x73)
}

/// Tells whether the standard knows a C field.
pub(crate) fn is_control(control: u8) -> bool {
    control_name(control) != RESERVED
}
