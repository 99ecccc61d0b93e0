//! The charts of the page, as SVG.
//!
//! A chart is drawn in colours that stand for names, which the style of the page gives: so that it is as light or dark as the page
//! is.

use std::time::Duration;

use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;

use crate::stats::CycleStats;

const SIZE: (u32, u32) = (960, 260);

const INK: RGBColor = RGBColor(1, 1, 1);
const GRID: RGBColor = RGBColor(2, 2, 2);
const FIRST: RGBColor = RGBColor(3, 3, 3);
const SECOND: RGBColor = RGBColor(4, 4, 4);
const THIRD: RGBColor = RGBColor(5, 5, 5);

/// What the colours stand for.
const NAMES: [(&str, &str); 5] = [
    ("#010101", "var(--ink)"),
    ("#020202", "var(--grid)"),
    ("#030303", "var(--first)"),
    ("#040404", "var(--second)"),
    ("#050505", "var(--third)"),
];

type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
type Drawing = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// Pauses by the time at which they began: first until all threads had left, above that the rest.
pub(super) fn pauses(cycles: &[CycleStats], age: Duration) -> Result<String, String> {
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let longest = cycles.iter().map(|cycle| millis(cycle.pause)).fold(0.0, f64::max);
    let (from, width) = (beginning(cycles), span(cycles, age) / 480.0);
    chart(from..age.as_secs_f64(), longest, "ms", |chart| {
        let bar = |cycle: &CycleStats, bottom, top, colour: RGBColor| {
            let at = cycle.began.as_secs_f64();
            Rectangle::new([(at, bottom), (at + width, top)], colour.filled())
        };
        let stopping = |cycle: &CycleStats| millis(cycle.stopping);
        chart.draw_series(cycles.iter().map(|cycle| bar(cycle, 0.0, stopping(cycle), SECOND)))?;
        let rest = cycles.iter().map(|cycle| bar(cycle, stopping(cycle), millis(cycle.pause), FIRST));
        chart.draw_series(rest).map(|_| ())
    })
}

/// Bytes that cycles have found: live, what live objects own besides, and pages in use.
pub(super) fn memory(cycles: &[CycleStats], age: Duration) -> Result<String, String> {
    #[expect(clippy::cast_precision_loss, reason = "a picture for people")]
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let live = |cycle: &CycleStats| mib(cycle.live_bytes);
    let with_owned = |cycle: &CycleStats| mib(cycle.live_bytes + cycle.owned_bytes);
    let in_use = |cycle: &CycleStats| mib(cycle.bytes_in_use as u64);
    let most = cycles.iter().map(|cycle| with_owned(cycle).max(in_use(cycle))).fold(0.0, f64::max);
    chart(beginning(cycles)..age.as_secs_f64(), most, "MiB", |chart| {
        let mut line = |height: &dyn Fn(&CycleStats) -> f64, colour: RGBColor| {
            let points = cycles.iter().map(|cycle| (cycle.began.as_secs_f64(), height(cycle)));
            chart.draw_series(LineSeries::new(points, colour.stroke_width(2))).map(|_| ())
        };
        line(&in_use, THIRD)?;
        line(&with_owned, SECOND)?;
        line(&live, FIRST)
    })
}

/// Where the first of the cycles began, in seconds.
fn beginning(cycles: &[CycleStats]) -> f64 {
    // All there were, or the last ones.
    cycles.first().filter(|cycle| cycle.number > 1).map_or(0.0, |cycle| cycle.began.as_secs_f64())
}

fn span(cycles: &[CycleStats], age: Duration) -> f64 {
    age.as_secs_f64() - beginning(cycles)
}

/// A chart over seconds, up to a height and a little more.
fn chart(
    seconds: core::ops::Range<f64>,
    height: f64,
    unit: &str,
    draw: impl FnOnce(&mut Chart<'_, '_>) -> Drawing,
) -> Result<String, String> {
    let mut svg = String::new();
    let drawing = || {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        let font = ("sans-serif", 14).into_font().color(&INK);
        let mut chart = ChartBuilder::on(&area)
            .margin(12)
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d(seconds, 0.0..(height * 1.05).max(f64::MIN_POSITIVE))?;
        chart
            .configure_mesh()
            .axis_style(INK)
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .label_style(font.clone())
            .axis_desc_style(font)
            .x_desc("seconds since the heap was made")
            .y_desc(unit)
            .draw()?;
        draw(&mut chart)?;
        area.present()
    };
    let drawn: Drawing = drawing();
    drawn.map_err(|error| error.to_string())?;
    Ok(NAMES.iter().fold(svg, |svg, (colour, name)| svg.replace(colour, name)))
}
