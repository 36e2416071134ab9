//! What may be a receiver at this machine.

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
