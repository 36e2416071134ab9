//! Share heard by Eb/N0, beside the peers and the reference.

use demodulator::sensitivity::{Outcome, measure};

use super::Arguments;
use super::reference::Curves;
use super::table::{decibel, head, passes, row, share};

/// The columns of the reference that are printed beside our own.
const BESIDE: [&str; 5] = ["rtl_wmbus s24", "rtl_wmbus -a s9", "rtl_433 best", "E", "F"];
const LEAST_DB: u32 = 4;
const MOST_DB: u32 = 16;
/// From two points of this share in a row on, a curve says nothing new.
const SATURATED: f64 = 0.995;

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let step = if arguments.quick { 2 } else { 1 };
    let path = crate::process::root().join(&arguments.reference);
    let mut summary = Vec::new();
    for kind in arguments.kinds() {
        let reference = Curves::read(&path, kind.name());
        if reference.is_none() {
            println!("\nno curves of {} in {}", kind.name(), path.display());
        }
        let beside: Vec<_> = reference
            .iter()
            .flat_map(|curves| BESIDE.iter().map(|name| (*name, curves.curve(name))))
            .collect();
        let mut columns = vec!["Eb/N0", "Walkby", "wrong", "corrected"];
        columns.extend(beside.iter().map(|(name, _)| *name));
        head(&format!("{}: share heard", kind.name()), &columns);
        let mut curve = Vec::new();
        let mut all = Outcome::default();
        for db in (LEAST_DB..=MOST_DB).step_by(step) {
            let ebn0_db = f64::from(db);
            let outcome =
                measure(&kind.condition(ebn0_db), arguments.transmissions(), arguments.seed + u64::from(db))?;
            all += outcome;
            let heard = outcome.first.share();
            let mut cells =
                vec![db.to_string(), share(heard), outcome.wrong.to_string(), outcome.corrected.to_string()];
            cells.extend(beside.iter().map(|(_, curve)| {
                let point = curve.iter().find(|(at, _)| *at == ebn0_db);
                point.map_or_else(String::new, |(_, heard)| share(*heard))
            }));
            row(&cells);
            let saturated = curve.last().is_some_and(|(_, before)| *before >= SATURATED);
            curve.push((ebn0_db, heard));
            if saturated && heard >= SATURATED {
                break;
            }
        }
        let at = |curve: &[(f64, f64)], wanted| decibel(passes(curve, wanted));
        let mut cells = vec![
            kind.name().to_owned(),
            at(&curve, 0.5),
            at(&curve, 0.8),
            format!("{} of {}", all.wrong, all.first.sent),
        ];
        cells.extend(BESIDE.iter().map(|name| {
            let curve = beside.iter().find(|(column, _)| column == name).map(|(_, curve)| curve.as_slice());
            at(curve.unwrap_or_default(), 0.8)
        }));
        summary.push(cells);
    }
    let mut columns = vec!["mode".to_owned(), "half heard".into(), "80 % heard".into(), "wrong".into()];
    columns.extend(BESIDE.iter().map(|name| format!("80 %: {name}")));
    head("Where half and 80 % are heard", &columns);
    summary.iter().for_each(|cells| row(cells));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;

    #[test]
    fn the_reference_has_every_column_that_is_printed_beside() {
        let path = crate::process::root().join("../shared/reference/phy_curves.md");
        if !path.exists() {
            assert!(!crate::process::is_ci(), "{} is missing", path.display());
            return;
        }
        for kind in Kind::USUAL {
            let curves = Curves::read(&path, kind.name()).unwrap();
            assert!(BESIDE.iter().all(|name| curves.curve(name).len() > 5), "{}", kind.name());
            assert!(passes(&curves.curve("F"), 0.8).unwrap() < 8.0);
        }
    }
}
