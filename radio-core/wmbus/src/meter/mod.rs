//! Who a meter is: manufacturer, identification number, version, device type.

mod address;
mod device_type;
mod identification_number;
mod manufacturer;

pub use address::{MeterAddress, ParseMeterAddressError};
pub use device_type::device_type_name;
pub use identification_number::{IdentificationNumber, ParseIdentificationNumberError};
pub use manufacturer::{Manufacturer, ParseManufacturerError};
