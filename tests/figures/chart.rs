//! The chart of a workload, as SVG: bars of the time of an operation, of peak memory and of the longest stop.
//!
//! A chart is drawn in colours that stand for names, which a style gives: light or dark, as the reader wants it. Bars
//! that are much longer than most are cut, so that the others can be told apart: a gap shows it, and the number is
//! beside each.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::row::{Row, Workload, mib, time};

/// A colour, and its name.
type Named = (RGBColor, &'static str);

const INK: Named = (RGBColor(1, 1, 1), "ink");
const PANEL: Named = (RGBColor(2, 2, 2), "panel");
const EDGE: Named = (RGBColor(3, 3, 3), "edge");
const OURS: Named = (RGBColor(4, 4, 4), "ours");
const PEER: Named = (RGBColor(5, 5, 5), "peer");
const LIMIT: Named = (RGBColor(6, 6, 6), "limit");

const STYLE: &str = "<style>
svg { --ink: #222; --panel: #fbfbf9; --edge: #d0d0c8; --ours: #2f6db5; --peer: #b9bdb4; --limit: #e0ddd2 }
@media (prefers-color-scheme: dark) {
svg { --ink: #e6e8ec; --panel: #1d2027; --edge: #3a3f4a; --ours: #6ea3e8; --peer: #5a606c; --limit: #383d47 }
}
</style>";

const WIDTH: i32 = 760;
const HEAD: i32 = 40;
const LINE: i32 = 20;
const FOOT: i32 = 30;
/// Where names end.
const NAMES: i32 = 208;
/// What a number beside a bar takes.
const NUMBER: i32 = 62;

/// One of the columns of bars.
struct Column {
    title: &'static str,
    what: &'static str,
    left: i32,
    right: i32,
    text: fn(f64) -> String,
}

const COLUMNS: [Column; 3] = [
    Column { title: "time of an operation", what: "ns_per_operation", left: 216, right: 460, text: time },
    Column { title: "peak memory", what: "peak_bytes", left: 470, right: 610, text: mib },
    Column { title: "longest stop", what: "longest_ns", left: 620, right: 752, text: time },
];

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawing = Result<(), DrawingAreaErrorKind<std::io::Error>>;

pub(crate) fn draw(workload: &Workload) -> Result<String, String> {
    let mut svg = String::new();
    let lines = i32::try_from(workload.rows.len()).map_err(|error| error.to_string())?;
    let height = HEAD + lines * LINE + FOOT;
    let drawn: Drawing = (|| {
        let size = (WIDTH.unsigned_abs(), height.unsigned_abs());
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        area.draw(&Rectangle::new([(0, 0), (WIDTH - 1, height - 1)], PANEL.0.filled()))?;
        area.draw(&Rectangle::new([(0, 0), (WIDTH - 1, height - 1)], EDGE.0))?;
        for (row, line) in workload.rows.iter().zip(0..) {
            write(&area, (NAMES, middle(line)), HPos::Right, &row.name)?;
        }
        for column in &COLUMNS {
            bars(&area, workload, column)?;
        }
        write(&area, (12, height - FOOT / 2), HPos::Left, &workload.caption)?;
        area.present()
    })();
    drawn.map_err(|error| error.to_string())?;
    Ok(with_style(svg, workload))
}

/// The middle of a line.
fn middle(line: i32) -> i32 {
    HEAD + line * LINE + LINE / 2
}

/// A column, if there is anything in it.
fn bars(area: &Area<'_>, workload: &Workload, column: &Column) -> Drawing {
    let Some(longest) = longest_bar(&workload.rows, column.what) else { return Ok(()) };
    write(area, (column.left, HEAD / 2), HPos::Left, column.title)?;
    for (row, line) in workload.rows.iter().zip(0..) {
        let Some(number) = row.number(column.what) else { continue };
        let room = f64::from(column.right - NUMBER - column.left);
        #[expect(clippy::cast_possible_truncation, reason = "pixels")]
        let end = column.left + ((number.min(longest) / longest * room) as i32).max(1);
        let (top, bottom) = (middle(line) - 6, middle(line) + 6);
        let colour = if row.is_ours {
            OURS
        } else if row.is_limit {
            LIMIT
        } else {
            PEER
        };
        area.draw(&Rectangle::new([(column.left, top), (end, bottom)], colour.0.filled()))?;
        if number > longest {
            area.draw(&Rectangle::new([(end - 8, top - 1), (end - 5, bottom + 1)], PANEL.0.filled()))?;
        }
        write(area, (end + 5, middle(line)), HPos::Left, &(column.text)(number))?;
    }
    Ok(())
}

/// The number that the longest bar stands for.
fn longest_bar(rows: &[Row], what: &str) -> Option<f64> {
    let mut numbers: Vec<f64> = rows.iter().filter_map(|row| row.number(what)).collect();
    numbers.sort_by(f64::total_cmp);
    let ours = rows.iter().filter(|row| row.is_ours).filter_map(|row| row.number(what));
    let most = numbers.get(numbers.len() / 2)? * 3.0;
    Some(numbers.last()?.min(ours.fold(most, f64::max)).max(f64::MIN_POSITIVE))
}

fn write(area: &Area<'_>, at: (i32, i32), anchor: HPos, text: &str) -> Drawing {
    let style = TextStyle::from(("sans-serif", 14).into_font()).color(&INK.0);
    area.draw(&Text::new(text.to_owned(), at, style.pos(Pos::new(anchor, VPos::Center))))
}

/// The names in the place of the colours, the style, and a title for those who do not see the chart.
fn with_style(svg: String, workload: &Workload) -> String {
    let svg = [INK, PANEL, EDGE, OURS, PEER, LIMIT].iter().fold(svg, |svg, (colour, name)| {
        let RGBColor(red, green, blue) = colour;
        svg.replace(&format!("#{red:02X}{green:02X}{blue:02X}"), &format!("var(--{name})"))
    });
    let title = format!("<title>{}: {}</title>", workload.name, workload.caption);
    svg.replacen('>', &format!(">\n{title}\n{STYLE}"), 1)
}
