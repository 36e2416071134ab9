//! The checksum of IMST's receivers.

/// Computes the CRC-16/X-25: polynomial 0x1021 reflected (0x8408), initial value 0xFFFF, inverted at the end. Sent
/// low byte first (receivers.md §1, §2).
pub(super) fn crc16_x25(bytes: &[u8]) -> u16 {
    let register = bytes.iter().fold(0xFFFF_u16, |register, byte| {
        (0..8).fold(register ^ u16::from(*byte), |register, _| {
            if register & 1 == 0 { register >> 1 } else { (register >> 1) ^ 0x8408 }
        })
    });
    !register
}

/// Splits a message into what its checksum covers and the checksum; none if it does not fit.
pub(super) fn split_crc(message: &[u8]) -> Option<&[u8]> {
    let (covered, crc) = message.split_last_chunk::<2>()?;
    (crc16_x25(covered).to_le_bytes() == *crc).then_some(covered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_of_nine_digits_is_the_catalogued_one() {
        assert_eq!(crc16_x25(b"123456789"), 0x906E);
    }

    #[test]
    fn a_message_with_a_changed_byte_does_not_fit_its_checksum() {
        // A real answer to a ping (receivers.md §1), without its start byte.
        assert_eq!(split_crc(&[0x81, 0x02, 0x00, 0x4C, 0xA3]), Some(&[0x81, 0x02, 0x00][..]));
        assert_eq!(split_crc(&[0x81, 0x02, 0x01, 0x4C, 0xA3]), None);
    }
}
