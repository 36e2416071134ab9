//! Tables in Markdown, a row as soon as it is known.

/// Prints the head of a table.
pub(super) fn head<S: AsRef<str>>(title: &str, columns: &[S]) {
    println!("\n## {title}\n");
    row(columns);
    row(&columns.iter().map(|_| "---").collect::<Vec<_>>());
}

/// Prints a row.
pub(super) fn row<S: AsRef<str>>(cells: &[S]) {
    let cells: Vec<_> = cells.iter().map(AsRef::as_ref).collect();
    println!("| {} |", cells.join(" | "));
}

/// Writes a share as the reference does.
pub(super) fn share(share: f64) -> String {
    format!("{share:.2}")
}

/// Returns where a rising curve of shares by dB passes a share, by straight lines between its points.
pub(super) fn passes(curve: &[(f64, f64)], wanted: f64) -> Option<f64> {
    let mut pairs = curve.iter().zip(curve.iter().skip(1));
    let (low, high) = pairs.find(|(low, high)| low.1 < wanted && high.1 >= wanted)?;
    Some(low.0 + (high.0 - low.0) * (wanted - low.1) / (high.1 - low.1))
}

/// Writes dB, or that there is no number.
pub(super) fn decibel(number: Option<f64>) -> String {
    number.map_or_else(|| "–".to_owned(), |db| format!("{db:.1} dB"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_passes_a_share_between_its_points() {
        let curve = [(4.0, 0.0), (6.0, 0.5), (7.0, 0.9)];
        assert_eq!(passes(&curve, 0.25), Some(5.0));
        assert!((passes(&curve, 0.7).unwrap() - 6.5).abs() < 1e-9);
        assert_eq!(passes(&curve, 0.95), None);
    }
}
