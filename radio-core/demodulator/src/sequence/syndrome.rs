//! Syndromes of the CRC-16 of EN 13757-4.

use wmbus::crc::crc16;

/// How many positions it takes until the syndrome of a single wrong bit comes again (`phy_facts.md` § 6).
pub(crate) const ORDER: usize = 151;

const POLYNOMIAL: u16 = 0x3D65;

/// Syndromes of a single wrong bit, by its distance from the block's last bit, modulo [`ORDER`].
const SINGLE: [u16; ORDER] = {
    let mut table = [0; ORDER];
    let mut syndrome: u16 = 1;
    let mut distance = 0;
    while distance < ORDER {
        #[allow(clippy::indexing_slicing, reason = "the loop ends at the table's length")]
        {
            table[distance] = syndrome;
        }
        syndrome = if syndrome & 0x8000 != 0 { (syndrome << 1) ^ POLYNOMIAL } else { syndrome << 1 };
        distance += 1;
    }
    table
};

/// Returns the syndrome of one wrong bit so far from the last bit of its block, the CRC's bits counted.
pub(crate) fn syndrome_of_bit(distance: usize) -> u16 {
    SINGLE.get(distance % ORDER).copied().unwrap_or(0)
}

/// Returns the syndrome of a block that ends with its CRC; 0 when the CRC fits, `None` for less than a CRC.
pub(crate) fn syndrome_of(block: &[u8]) -> Option<u16> {
    let (data, crc) = block.split_last_chunk::<2>()?;
    Some(crc16(data) ^ u16::from_be_bytes(*crc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wrong_bit_of_a_block_has_the_syndrome_of_its_place() {
        let mut block = b"123456789\xC2\xB7".to_vec();
        assert_eq!(syndrome_of(&block), Some(0));
        for bit in 0..block.len() * 8 {
            block[bit / 8] ^= 0x80 >> (bit % 8);
            assert_eq!(syndrome_of(&block), Some(syndrome_of_bit(block.len() * 8 - 1 - bit)));
            block[bit / 8] ^= 0x80 >> (bit % 8);
        }
    }

    #[test]
    fn the_syndrome_of_a_bit_comes_again_after_the_order_of_the_polynomial_and_not_before() {
        assert_eq!(syndrome_of_bit(ORDER), syndrome_of_bit(0));
        let mut all = SINGLE.to_vec();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), ORDER);
    }
}
