//! Who lives where, with which meter.

use wmbus::FrameFormat;

use super::layout::Layout;
use super::meter::{Fate, KeyPlace, Meter, Security};
use crate::LinkMode;

const fn flat(house: &'static str, floor: &'static str, flat: &'static str, place: &'static str) -> Meter {
    Meter {
        house,
        floor,
        flat,
        place,
        meter_number: "",
        address: "",
        converter: None,
        medium: "",
        layout: Layout::WaterBinary,
        security: Security::Mode5,
        link_mode: LinkMode::T1,
        frame_format: FrameFormat::A,
        key: KeyPlace::Tour,
        fate: Fate::Heard(2),
        previous: 0,
        due: 0,
        current: 0,
        note: "",
    }
}

impl Meter {
    const fn meter(self, medium: &'static str, address: &'static str, number: &'static str) -> Self {
        Self { medium, address, meter_number: number, ..self }
    }

    const fn sends_as(self, layout: Layout, security: Security) -> Self {
        let key = match security {
            Security::Plain => KeyPlace::NotNeeded,
            _ => KeyPlace::Tour,
        };
        Self { layout, security, key, ..self }
    }

    const fn compact_mode(self) -> Self {
        Self { link_mode: LinkMode::C1, frame_format: FrameFormat::B, ..self }
    }

    const fn values(self, previous: i64, due: i64, current: i64) -> Self {
        Self { previous, due, current, ..self }
    }

    const fn key_at(self, key: KeyPlace) -> Self {
        Self { key, ..self }
    }

    const fn fate(self, fate: Fate) -> Self {
        Self { fate, ..self }
    }

    const fn behind(self, converter: &'static str) -> Self {
        Self { converter: Some(converter), ..self }
    }

    const fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }
}

use Fate::{CompactOnly, Heard, Implausible, Silent};
use KeyPlace::{File, Late, Wrong};
use Layout::{
    Electricity, Gas, Heat, HeatAndCooling, HeatCostAllocator, KamstrupWater, WaterBcd, WaterBinary,
    WaterCurrentOnly,
};
use Security::{EllCtr, Mode5, Mode7, Plain};

/// The tour in walking order.
pub(super) const METERS: &[Meter] = &[
    flat("12", "cellar", "", "house connection")
        .meter("cold water", "KAM-76340101-1B-16", "KAM76340101")
        .sends_as(KamstrupWater, EllCtr)
        .compact_mode()
        .values(1_204_113, 1_388_020, 1_391_457)
        .fate(Heard(3)),
    flat("12", "cellar", "", "boiler room")
        .meter("heat", "KAM-68120102-35-04", "KAM68120102")
        .sends_as(Heat, EllCtr)
        .compact_mode()
        .values(48_120, 61_377, 62_004)
        .key_at(File)
        .note("key of the boiler room at the caretaker; ring twice"),
    flat("12", "cellar", "", "boiler room")
        .meter("gas", "ELS-20110103-33-03", "1ELS00103")
        .sends_as(Gas, Mode5)
        .values(2_611_040, 2_850_427, 2_863_118),
    flat("12", "cellar", "", "meter cabinet")
        .meter("electricity", "EMH-70110104-0A-02", "1EMH0070110104")
        .sends_as(Electricity, Mode5)
        .values(15_020_000, 0, 17_482_951)
        .key_at(File),
    flat("12", "1", "Anders", "bathroom")
        .meter("cold water", "ZRI-21620105-16-07", "ZRI21620105")
        .sends_as(WaterBinary, Mode5)
        .values(80_412, 104_980, 105_337),
    flat("12", "1", "Anders", "bathroom")
        .meter("warm water", "ZRI-21620106-16-06", "ZRI21620106")
        .sends_as(WaterBinary, Mode5)
        .values(41_093, 55_120, 55_391),
    flat("12", "1", "Anders", "living room")
        .meter("heat cost allocator", "QDS-55660107-55-08", "007-107")
        .sends_as(HeatCostAllocator, Mode5)
        .behind("QDS-31000107-55-37")
        .values(0, 1_234, 41),
    flat("12", "1", "Anders", "bedroom")
        .meter("heat cost allocator", "QDS-55660108-35-08", "007-108")
        .sends_as(HeatCostAllocator, Plain)
        .values(0, 618, 12),
    flat("12", "2", "Brandt", "bathroom")
        .meter("cold water", "DME-40110109-7B-07", "8DME0040110109")
        .sends_as(WaterBcd, Mode7)
        .values(112_000, 139_412, 140_006)
        .fate(Heard(3)),
    flat("12", "2", "Brandt", "bathroom")
        .meter("warm water", "DME-40110110-7B-06", "8DME0040110110")
        .sends_as(WaterBcd, Mode5)
        .values(61_250, 70_118, 70_342),
    flat("12", "2", "Brandt", "living room")
        .meter("heat cost allocator", "EFE-30110111-01-08", "EFE30110111")
        .sends_as(HeatCostAllocator, Mode5)
        .values(0, 2_011, 73)
        .key_at(Wrong),
    flat("12", "2", "Brandt", "kitchen")
        .meter("heat cost allocator", "EFE-30110112-01-08", "EFE30110112")
        .sends_as(HeatCostAllocator, Mode5)
        .values(0, 944, 31),
    flat("12", "attic", "Celik", "bathroom")
        .meter("cold water", "KAM-76340113-1B-16", "KAM76340113")
        .sends_as(KamstrupWater, EllCtr)
        .compact_mode()
        .values(20_118, 33_870, 34_012)
        .key_at(File)
        .fate(CompactOnly(2)),
    flat("14", "cellar", "", "house connection")
        .meter("cold water", "HYD-48500114-86-07", "HYD48500114")
        .sends_as(WaterBcd, Mode7)
        .values(870_001, 990_554, 993_020),
    flat("14", "cellar", "", "heating room")
        .meter("heat", "LUG-67110115-0A-04", "LUG67110115")
        .sends_as(HeatAndCooling, Mode5)
        .values(30_500, 38_912, 39_240),
    flat("14", "cellar", "", "heating room")
        .meter("heat", "EFE-43210116-00-04", "EFE43210116")
        .sends_as(Heat, Mode5)
        .values(12_010, 15_733, 15_991)
        .key_at(File),
    flat("14", "cellar", "", "garden tap")
        .meter("cold water", "DME-40110117-7B-07", "8DME0040110117")
        .sends_as(WaterBcd, Mode5)
        .values(5_100, 5_480, 5_480)
        .fate(Silent)
        .note("behind the shelf"),
    flat("14", "1", "Dvořák", "bathroom")
        .meter("cold water", "DWZ-12050118-02-07", "DWZ12050118")
        .sends_as(WaterBinary, Mode5)
        .values(77_310, 90_222, 90_871),
    flat("14", "1", "Dvořák", "bathroom")
        .meter("warm water", "DWZ-12050119-02-06", "DWZ12050119")
        .sends_as(WaterBinary, Mode5)
        .values(33_010, 41_908, 42_120)
        .key_at(Late),
    flat("14", "1", "Dvořák", "kitchen")
        .meter("cold water", "SEN-33220120-68-07", "SEN33220120")
        .sends_as(WaterCurrentOnly, Plain)
        .values(101_377, 0, 123_529),
    flat("14", "2", "Eriksen; Holm", "bathroom")
        .meter("cold water", "SEN-33220121-68-07", "SEN33220121")
        .sends_as(WaterCurrentOnly, Plain)
        .values(99_004, 0, 1_377)
        .fate(Implausible(2))
        .note("beware of the dog"),
    flat("14", "2", "Eriksen; Holm", "bathroom")
        .meter("warm water", "TCH-00110122-95-06", "00110122")
        .sends_as(WaterBcd, Mode5)
        .values(48_800, 60_117, 60_431)
        .key_at(File),
    flat("14", "2", "Eriksen; Holm", "living room")
        .meter("heat cost allocator", "TCH-00110123-94-08", "00110123")
        .sends_as(HeatCostAllocator, Mode5)
        .values(0, 3_318, 102),
    flat("14", "2", "Eriksen; Holm", "bedroom")
        .meter("heat cost allocator", "TCH-00110124-94-08", "00110124")
        .sends_as(HeatCostAllocator, Plain)
        .values(0, 455, 9)
        .fate(Heard(1)),
];

/// Meters of neighbours; the first has the number of a meter of the tour, but another maker.
pub(super) const NEIGHBOURS: &[Meter] = &[
    flat("", "", "", "")
        .meter("", "ITW-21620105-00-07", "")
        .sends_as(WaterBinary, Mode5)
        .values(0, 1_000, 1_001),
    flat("", "", "", "")
        .meter("", "SEN-99110202-68-07", "")
        .sends_as(WaterCurrentOnly, Plain)
        .values(0, 0, 42_424),
    flat("", "", "", "")
        .meter("", "KAM-99110203-1B-16", "")
        .sends_as(KamstrupWater, EllCtr)
        .compact_mode()
        .values(0, 7_000, 7_100)
        .fate(Heard(3)),
    flat("", "", "", "")
        .meter("", "QDS-99110204-35-08", "")
        .sends_as(HeatCostAllocator, Mode5)
        .values(0, 300, 8),
];
