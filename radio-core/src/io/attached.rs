//! What may be a receiver at this machine.

use std::fs;
use std::path::Path;

/// Where Linux tells of USB devices.
const USB_DEVICES: &str = "/sys/bus/usb/devices";

/// USB ids of RTL2832U receivers: Realtek's own, which nearly all of them have.
const RTL_SDR: [(&str, &str); 2] = [("0bda", "2832"), ("0bda", "2838")];

/// Is a serial port that may have a receiver behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttachedPort {
    /// Its path, such as `/dev/ttyUSB0`.
    pub path: String,
    /// What the USB end calls itself, which is a hint only: the chips are generic.
    pub usb_name: Option<String>,
}

/// Returns the serial ports at USB, by path. Others are never asked: a heating or a lock may be behind them.
#[cfg(not(target_os = "android"))]
pub fn attached_ports() -> Vec<AttachedPort> {
    let mut ports: Vec<_> = serialport::available_ports()
        .unwrap_or_default()
        .into_iter()
        .filter_map(|port| match port.port_type {
            serialport::SerialPortType::UsbPort(usb) => {
                let names = [usb.manufacturer, usb.product].into_iter().flatten();
                let name = names.collect::<Vec<_>>().join(" ");
                let usb_name = (!name.is_empty()).then_some(name);
                Some(AttachedPort { path: port.port_name, usb_name })
            }
            _ => None,
        })
        .collect();
    ports.sort_by(|one, other| one.path.cmp(&other.path));
    ports
}

/// Returns nothing: Android gives an app no serial ports.
#[cfg(target_os = "android")]
pub fn attached_ports() -> Vec<AttachedPort> {
    Vec::new()
}

/// Returns how many RTL-SDRs are at USB, on Linux; none elsewhere, where nobody knows without opening them.
pub fn attached_rtl_sdrs() -> u32 {
    count_rtl_sdrs(Path::new(USB_DEVICES))
}

fn count_rtl_sdrs(devices: &Path) -> u32 {
    let Ok(entries) = fs::read_dir(devices) else { return 0 };
    let is_rtl_sdr = |device: &Path| {
        let read = |name| fs::read_to_string(device.join(name)).unwrap_or_default();
        RTL_SDR.contains(&(read("idVendor").trim(), read("idProduct").trim()))
    };
    let count = entries.filter_map(Result::ok).filter(|entry| is_rtl_sdr(&entry.path())).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_rtl_sdr_is_known_by_its_usb_id() {
        let devices = tempfile::tempdir().unwrap();
        for (name, vendor, product) in [
            ("1-1", "0bda", "2838"),
            ("1-2", "0403", "6001"),
            ("2-1", "0bda", "2832"),
            ("2-2", "0bda", "8153"),
        ] {
            let device = devices.path().join(name);
            fs::create_dir(&device).unwrap();
            fs::write(device.join("idVendor"), format!("{vendor}\n")).unwrap();
            fs::write(device.join("idProduct"), format!("{product}\n")).unwrap();
        }
        fs::create_dir(devices.path().join("1-0:1.0")).unwrap();
        assert_eq!(count_rtl_sdrs(devices.path()), 2);
        assert_eq!(count_rtl_sdrs(&devices.path().join("nowhere")), 0);
    }
}
