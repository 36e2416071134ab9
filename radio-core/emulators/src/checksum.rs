//! Checksums of the receivers' messages, worked out bit by bit.

/// Computes the CRC-16/X-25 of IMST's receivers: polynomial 0x1021 reflected, begun with ones, inverted
/// (receivers.md §1).
pub fn x25(bytes: &[u8]) -> u16 {
    let mut register = 0xFFFF_u16;
    for byte in bytes {
        register ^= u16::from(*byte);
        for _ in 0..8 {
            register = if register & 1 == 1 { (register >> 1) ^ 0x8408 } else { register >> 1 };
        }
    }
    !register
}

/// Computes the CRC of a link-layer block: polynomial 0x3D65, begun with zeros, inverted (EN 13757-4, 12.3.3).
pub fn crc_en13757(bytes: &[u8]) -> u16 {
    let mut register = 0_u16;
    for byte in bytes {
        register ^= u16::from(*byte) << 8;
        for _ in 0..8 {
            register = if register & 0x8000 == 0 { register << 1 } else { (register << 1) ^ 0x3D65 };
        }
    }
    !register
}

/// Computes the checksum of Amber's receivers: all bytes exclusively or-ed.
pub fn xor(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum ^ byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksums_are_those_of_recorded_messages() {
        assert_eq!(x25(&[0x81, 0x02, 0x00]), 0xA34C);
        assert_eq!(x25(&[0x81, 0x04, 0x00]), 0xF79C);
        assert_eq!(x25(&[0x01, 0x03]), 0x2404);
        assert_eq!(xor(&[0xFF, 0x0A, 0x02, 0x00, 0x80]), 0x77);
        let first_block = [0x0F, 0x44, 0xAE, 0x0C, 0x78, 0x56, 0x34, 0x12, 0x01, 0x07];
        assert_eq!(crc_en13757(&first_block), 0x4447);
    }
}
