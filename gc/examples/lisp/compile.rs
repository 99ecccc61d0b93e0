//! Lists to expressions: special forms are told apart, and names become symbols.

use gc::{Gc, Interner, Mutation};

use crate::reader::Datum;
use crate::value::{Code, Expr, Lambda, Symbol, Value};

/// The names of a program.
pub(crate) type Symbols<'gc> = Interner<'gc, str>;

/// Makes an expression. It recurses as deep as the text is nested, which is not deep.
pub(crate) fn compile<'gc>(
    mc: &Mutation<'gc>,
    symbols: &Symbols<'gc>,
    datum: &Datum,
) -> Result<Code<'gc>, String> {
    let code = |datum| compile(mc, symbols, datum);
    let expr = match datum {
        Datum::Number(number) => Expr::Constant(Value::Number(*number)),
        Datum::Name(name) if name == "nil" => Expr::Constant(Value::Nil),
        Datum::Name(name) => Expr::Variable(symbols.intern(mc, name)),
        Datum::List(items) => match items.as_slice() {
            [Datum::Name(form), rest @ ..] => match (form.as_str(), rest) {
                ("lambda", [Datum::List(parameters), body]) => {
                    let name = |parameter| symbol(mc, symbols, parameter);
                    let parameters = parameters.iter().map(name).collect::<Result<_, _>>()?;
                    Expr::Lambda(Gc::new(mc, Lambda { parameters, body: code(body)? }))
                }
                ("if", [condition, then, other]) => Expr::If(code(condition)?, code(then)?, code(other)?),
                ("define", [name, value]) => Expr::Define(symbol(mc, symbols, name)?, code(value)?),
                ("set", [name, value]) => Expr::Set(symbol(mc, symbols, name)?, code(value)?),
                ("lambda" | "if" | "define" | "set", _) => return Err(format!("`{form}` has another form")),
                _ => Expr::Call(items.iter().map(code).collect::<Result<_, _>>()?),
            },
            [] => return Err("a call names a function".into()),
            _ => Expr::Call(items.iter().map(code).collect::<Result<_, _>>()?),
        },
    };
    Ok(Gc::new(mc, expr))
}

fn symbol<'gc>(mc: &Mutation<'gc>, symbols: &Symbols<'gc>, datum: &Datum) -> Result<Symbol<'gc>, String> {
    match datum {
        Datum::Name(name) => Ok(symbols.intern(mc, name)),
        other => Err(format!("{other} is not a name")),
    }
}
