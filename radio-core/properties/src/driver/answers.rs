//! What a receiver properly says, so that a fuzzer gets further than noise does. Built from receivers.md alone.

use radio_core::receiver::Kind;

/// The annex example of EN 13757-4, from the C field on.
const TELEGRAM: &[u8] =
    &[0x44, 0xAE, 0x0C, 0x78, 0x56, 0x34, 0x12, 0x01, 0x07, 0x78, 0x0B, 0x13, 0x43, 0x65, 0x87];

/// Returns proper answers and telegrams of a receiver.
pub(super) fn answers(kind: Kind) -> Vec<Vec<u8>> {
    match kind {
        Kind::Im871a => im871a(),
        Kind::Iu891a => iu891a(),
        Kind::Amb8465 => amb8465(),
        Kind::Rc1180 => rc1180(),
        Kind::Cul => cul(),
        _ => vec![TELEGRAM.to_vec()],
    }
}

pub(super) fn crc16_x25(bytes: &[u8]) -> u16 {
    let mut register = 0xFFFF_u16;
    for bit in bytes.iter().flat_map(|byte| (0..8).map(move |bit| u16::from(byte >> bit & 1))) {
        let is_set = (register ^ bit) & 1 == 1;
        register >>= 1;
        if is_set {
            register ^= 0x8408;
        }
    }
    !register
}

fn im871a() -> Vec<Vec<u8>> {
    let checked = |control: u8, endpoint: u8, id: u8, payload: &[u8], behind: &[u8]| {
        let length = u8::try_from(payload.len()).unwrap_or_default();
        let mut bytes = vec![0xA5, control << 4 | endpoint, id, length];
        bytes.extend_from_slice(payload);
        bytes.extend_from_slice(behind);
        let crc = crc16_x25(&bytes[1..]);
        bytes.extend(crc.to_le_bytes());
        bytes
    };
    vec![
        checked(8, 1, 0x10, &[0x33, 0, 0x14, 2, 0x78, 0x56, 0x34, 0x12], &[]),
        checked(8, 1, 0x04, &[], &[]),
        checked(0xC, 2, 0x03, TELEGRAM, &[0x8C]),
        checked(0xE, 2, 0x03, TELEGRAM, &[4, 3, 2, 1, 0x8C]),
        checked(8, 1, 0x02, &[], &[]),
        checked(8, 1, 0x10, &[0x33, 0, 0x13, 2, 0x78, 0x56, 0x34, 0x12], &[]),
        checked(8, 1, 0x10, &[0x36, 0, 0x14, 2, 0x78, 0x56, 0x34, 0x12], &[]),
        [&[0xA5, 0x02, 0x03, 0x0F], TELEGRAM].concat(),
    ]
}

fn iu891a() -> Vec<Vec<u8>> {
    let slip = |body: &[u8]| {
        let mut bytes = vec![0xC0];
        for byte in body.iter().copied().chain(crc16_x25(body).to_le_bytes()) {
            match byte {
                0xC0 => bytes.extend([0xDB, 0xDC]),
                0xDB => bytes.extend([0xDB, 0xDD]),
                byte => bytes.push(byte),
            }
        }
        bytes.push(0xC0);
        bytes
    };
    vec![
        slip(&[1, 4, 0, 0x6E, 0x78, 0x56, 0x34, 0x12]),
        slip(&[1, 6, 0, 2, 1]),
        slip(&[9, 4, 0]),
        slip(&[&[9, 0x20, 0x9F, 0x43, 0x6D, 0x38, 0, 0, 2, 0xE7, 0x0F], TELEGRAM].concat()),
        slip(&[1, 2, 0]),
        slip(&[9, 4, 1]),
    ]
}

fn amb8465() -> Vec<Vec<u8>> {
    let command = |command: u8, payload: &[u8]| {
        let mut bytes = vec![0xFF, command, u8::try_from(payload.len()).unwrap_or_default()];
        bytes.extend_from_slice(payload);
        bytes.push(bytes.iter().fold(0, |sum, byte| sum ^ byte));
        bytes
    };
    let parameters = |count: u8, value: u8| {
        let values = vec![value; usize::from(count)];
        command(0x8A, &[&[0x00, count][..], &values].concat())
    };
    vec![
        parameters(0x78, 1),
        command(0x8C, &[2, 7, 1]),
        command(0x8B, &[0x12, 0x34, 0x56, 0x78]),
        command(0x84, &[0]),
        command(0x03, &[TELEGRAM, &[0xC4]].concat()),
        parameters(0x78, 0),
        command(0x89, &[0]),
        command(0x85, &[0]),
        [&[0x10], TELEGRAM, &[0xC4]].concat(),
        parameters(0x80, 1),
        command(0x84, &[1]),
    ]
}

fn rc1180() -> Vec<Vec<u8>> {
    let registers = |rssi: u8| {
        let mut bytes = vec![0; 256];
        (bytes[0x03], bytes[0x05], bytes[0x12]) = (0x0A, rssi, rssi);
        bytes.push(b'>');
        bytes
    };
    vec![
        b">".to_vec(),
        registers(1),
        [&[0x10], TELEGRAM, &[0x92]].concat(),
        registers(0),
        b">>".to_vec(),
        [&[0x0F], TELEGRAM].concat(),
    ]
}

fn cul() -> Vec<Vec<u8>> {
    let lines = [
        "V 1.67 nanoCUL868\r\n",
        "TMODE\r\n",
        "b0F44AE0C7856341201074447780B134365871E6D8032\r\n",
        "CMODE\r\n",
        "bY1444AE0C7856341201078C2027780B134365877AC58032\r\n",
        "SMODE\r\n",
        "? (brc is unknown) Use one of B b C F i A Z\r\n",
        "b0F44AE0C7856341201074447780B134365871E6D\r\n",
        "b1444AE0C7856341201078C2027780B134365877AC58032\r\n",
        "LOVF\r\n",
    ];
    lines.iter().map(|line| line.as_bytes().to_vec()).collect()
}
