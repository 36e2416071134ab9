//! The progress of tours, missing meters first.

use field_core::TourView;
use serde_json::json;

use super::arguments::Format;
use super::open::Opened;
use super::{find, output};

/// Shows one tour or all.
pub(super) fn status(opened: &Opened, tour: Option<&str>, format: Format) -> anyhow::Result<()> {
    let tours = match tour {
        Some(tour) => vec![find::tour(&opened.store, Some(tour))?],
        None => opened.store.tours()?.iter().map(|stored| stored.tour.id).collect(),
    };
    if tours.is_empty() && format == Format::Text {
        output::line("no tours on this handheld; `pull` fetches tours")?;
    }
    for tour in tours {
        let view = TourView::load(&opened.store, tour)?;
        match format {
            Format::Text => text(&view)?,
            Format::Jsonl => jsonl(&view)?,
        }
    }
    Ok(())
}

fn text(view: &TourView) -> anyhow::Result<()> {
    let stored = &view.tour;
    let withdrawn = if stored.withdrawn { " (withdrawn)" } else { "" };
    output::line(format_args!("{}{withdrawn}: {}", stored.tour.name, view.progress))?;
    output::line(format_args!(
        "  {} of {} meters and {} keys on this handheld; {} foreign frames counted",
        stored.lines, stored.tour.meters, stored.keys, view.foreign_frames
    ))?;
    for house in view.houses() {
        output::line(format_args!("\n  {} {}: {}", house.street, house.house, house.progress))?;
        for at in house.lines.iter().filter_map(|index| view.lines.get(*index)) {
            output::line(format_args!("    {}", output::line_text(at, &at.assessment)))?;
        }
    }
    Ok(())
}

fn jsonl(view: &TourView) -> anyhow::Result<()> {
    let stored = &view.tour;
    output::line(json!({
        "type": "tour",
        "tour": stored.tour.id,
        "name": stored.tour.name,
        "withdrawn": stored.withdrawn,
        "meters": stored.tour.meters,
        "lines": stored.lines,
        "keys": stored.keys,
    }))?;
    for house in view.houses() {
        for at in house.lines.iter().filter_map(|index| view.lines.get(*index)) {
            let place = json!({"type": "meter", "street": house.street, "house": house.house});
            let json = output::with(output::assessment_json(at, &at.assessment), place);
            output::line(json)?;
        }
    }
    output::line(output::progress_json(&view.progress, view.foreign_frames))?;
    Ok(())
}
