//! The CRC-16 of EN 13757, used by link-layer blocks, the ELL payload and compact frames.

const POLYNOMIAL: u16 = 0x3D65;

const TABLE: [u16; 256] = table();

#[allow(clippy::indexing_slicing, reason = "the loop ends at the table's length")]
const fn table() -> [u16; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut register = (byte as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            register = if register & 0x8000 != 0 { (register << 1) ^ POLYNOMIAL } else { register << 1 };
            bit += 1;
        }
        table[byte] = register;
        byte += 1;
    }
    table
}

/// Computes the CRC-16/EN-13757 of `bytes`: polynomial 0x3D65, initial value 0, not reflected,
/// final XOR 0xFFFF (EN 13757-4, 12.3.3).
///
/// Link-layer blocks send it high byte first; the ELL payload and compact frames low byte first.
#[allow(clippy::indexing_slicing, reason = "a byte cannot leave a table of 256")]
pub const fn crc16(bytes: &[u8]) -> u16 {
    let mut register = 0u16;
    let mut rest = bytes;
    while let [byte, behind @ ..] = rest {
        register = (register << 8) ^ TABLE[((register >> 8) as u8 ^ *byte) as usize];
        rest = behind;
    }
    register ^ 0xFFFF
}
