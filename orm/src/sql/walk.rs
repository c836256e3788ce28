//! One walk over an expression: every column in it, subqueries included. It keeps its way on a list, not
//! on the stack, which a deep expression would overflow.

use super::{ColumnRef, Count, Expr, FrameBound, Grouping, Ident, Select, Source, Statement, TableName, Window};

/// Who is shown what an expression consists of.
pub(crate) trait Visit {
    /// A column.
    fn column(&mut self, _column: &mut ColumnRef) {}

    /// SQL by hand, or somebody else's construct: there is no telling which columns it names.
    fn opaque(&mut self) {}

    /// A subquery; whether to go into it.
    fn enter(&mut self, _query: &Select) -> bool {
        true
    }
}

/// Columns of one source become those of another; not in subqueries that have a source of that name themselves.
pub(crate) struct Rename {
    pub from: Ident,
    pub to: Ident,
}

impl Visit for Rename {
    fn column(&mut self, column: &mut ColumnRef) {
        if column.source.as_ref() == Some(&self.from) {
            column.source = Some(self.to.clone());
        }
    }

    fn enter(&mut self, query: &Select) -> bool {
        query.sources().all(|source| *source.name() != self.from)
    }
}

/// The names of all sources of subqueries.
#[derive(Default)]
pub(crate) struct SourceNames(pub Vec<Ident>);

impl Visit for SourceNames {
    fn enter(&mut self, query: &Select) -> bool {
        self.0.extend(query.sources().map(|source| source.name().clone()));
        true
    }
}

/// What expressions and queries are made of.
pub(super) enum Part<'a> {
    Expr(&'a mut Expr),
    Query(&'a mut Select),
}

fn walk(mut open: Vec<Part<'_>>, visit: &mut dyn Visit) {
    while let Some(part) = open.pop() {
        match part {
            Part::Expr(Expr::Column(column)) => visit.column(column),
            Part::Expr(Expr::Text(_) | Expr::Custom(_)) => visit.opaque(),
            Part::Expr(expr) => {
                if let Expr::Fragment(..) = expr {
                    visit.opaque();
                }
                expr.each_part(&mut |part| open.push(part));
            }
            Part::Query(query) => {
                if visit.enter(query) {
                    query.each_part(&mut |part| open.push(part));
                }
            }
        }
    }
}

impl Select {
    /// Shows `visit` every column.
    pub(crate) fn walk(&mut self, visit: &mut dyn Visit) {
        walk(vec![Part::Query(self)], visit);
    }
}

/// The names of all common tables.
#[derive(Default)]
struct CommonTables(Vec<Ident>);

impl Visit for CommonTables {
    fn enter(&mut self, query: &Select) -> bool {
        self.0.extend(query.ctes.iter().map(|cte| cte.name.clone()));
        true
    }
}

impl Select {
    /// Tables that name no schema are those of this one, subqueries included. They keep their names, by which columns
    /// are said.
    pub(crate) fn place_tables(&mut self, schema: &Ident) {
        let mut common = CommonTables::default();
        self.walk(&mut common);
        let place = |name: &mut TableName, alias: &mut Option<Ident>| {
            if name.schema.is_none() && !common.0.contains(&name.name) {
                alias.get_or_insert_with(|| name.name.clone());
                name.schema = Some(schema.clone());
            }
        };
        let mut open = vec![Part::Query(self)];
        while let Some(part) = open.pop() {
            match part {
                Part::Query(query) => {
                    let joined = query.joins.iter_mut().map(|join| &mut join.source);
                    for source in query.from.iter_mut().chain(joined) {
                        match source {
                            Source::Table { name, alias } => place(name, alias),
                            Source::Sample(sample) => place(&mut sample.name, &mut sample.alias),
                            _ => {}
                        }
                    }
                    query.each_part(&mut |part| open.push(part));
                }
                Part::Expr(expr) => expr.each_part(&mut |part| open.push(part)),
            }
        }
    }
}

impl Expr {
    /// Shows `visit` every column.
    pub(crate) fn walk(&mut self, visit: &mut dyn Visit) {
        walk(vec![Part::Expr(self)], visit);
    }

    /// Hands out what is nested directly beneath.
    pub(super) fn each_part<'a>(&'a mut self, found: &mut impl FnMut(Part<'a>)) {
        let mut one = |expr| found(Part::Expr(expr));
        match self {
            Expr::Column(_) | Expr::Bind(_) | Expr::Parameter(_) | Expr::Null | Expr::Star => {}
            Expr::Default | Expr::Excluded(_) | Expr::NextValue(_) => {}
            Expr::Text(_) | Expr::Custom(_) | Expr::Failed(_) => {}
            Expr::All(list) | Expr::Any(list) | Expr::Tuple(list) | Expr::Fragment(_, list) => {
                list.iter_mut().for_each(one)
            }
            Expr::Unary(_, operand) | Expr::IsNull(operand, _) | Expr::Cast(operand, _) => one(operand),
            Expr::Stored(operand, _) | Expr::Shown(operand, _) => one(operand),
            Expr::Collate(operand, _) | Expr::Quantified(_, operand) => one(operand),
            Expr::Native(native) => one(&mut native.expr),
            Expr::Binary(_, operands) | Expr::Operator(_, operands) => {
                one(&mut operands.0);
                one(&mut operands.1);
            }
            Expr::Between(parts, _) => {
                one(&mut parts.0);
                one(&mut parts.1);
                one(&mut parts.2);
            }
            Expr::Like(like) => {
                one(&mut like.expr);
                one(&mut like.pattern);
            }
            Expr::InSet(set) => set.columns.iter_mut().for_each(one),
            Expr::InSelect(parts, _) => {
                one(&mut parts.0);
                found(Part::Query(&mut parts.1));
            }
            Expr::Exists(select, _) | Expr::Scalar(select) => found(Part::Query(select)),
            Expr::Function(function) => {
                function.args.iter_mut().for_each(&mut one);
                function.filter.iter_mut().for_each(&mut one);
                function.order_by.iter_mut().for_each(|order| one(&mut order.expr));
                function.within_group.iter_mut().for_each(|order| one(&mut order.expr));
                if let Some(window) = &mut function.over {
                    window.each_expr(&mut one);
                }
            }
            Expr::Json(access) => one(&mut access.of),
            Expr::FullText(search) => search.columns.iter_mut().for_each(one),
            Expr::Case(case) => {
                case.of.iter_mut().for_each(&mut one);
                for (condition, then) in &mut case.arms {
                    one(condition);
                    one(then);
                }
                case.otherwise.iter_mut().for_each(one);
            }
        }
    }
}

impl Window {
    fn each_expr<'a>(&'a mut self, found: &mut impl FnMut(&'a mut Expr)) {
        self.partition_by.iter_mut().for_each(&mut *found);
        self.order_by.iter_mut().for_each(|order| found(&mut order.expr));
        for bound in self.frame.iter_mut().flat_map(|frame| [&mut frame.start, &mut frame.end]) {
            if let FrameBound::Preceding(distance) | FrameBound::Following(distance) = bound {
                found(distance);
            }
        }
    }
}

impl Select {
    /// FROM and what is joined to it.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &Source> {
        self.from.iter().chain(self.joins.iter().map(|join| &join.source))
    }

    /// Hands out what is nested directly beneath.
    pub(super) fn each_part<'a>(&'a mut self, found: &mut impl FnMut(Part<'a>)) {
        self.items.iter_mut().for_each(|item| found(Part::Expr(&mut item.expr)));
        self.from.iter_mut().for_each(|source| source.each_part(found));
        for join in &mut self.joins {
            join.source.each_part(found);
            join.on.iter_mut().for_each(|on| found(Part::Expr(on)));
        }
        for list in [&mut self.filter, &mut self.group_by, &mut self.having] {
            list.iter_mut().for_each(|expr| found(Part::Expr(expr)));
        }
        self.order_by.iter_mut().for_each(|order| found(Part::Expr(&mut order.expr)));
        for count in self.limit.iter_mut().chain(&mut self.offset) {
            if let Count::Of(expr) = count {
                found(Part::Expr(expr));
            }
        }
        self.set_ops.iter_mut().for_each(|(_, select)| found(Part::Query(select)));
        for cte in &mut self.ctes {
            // a statement that writes names nothing outside of itself
            if let Statement::Select(query) = &mut cte.body {
                found(Part::Query(query));
            }
        }
        if let Some(rare) = &mut self.rare {
            rare.distinct_on.iter_mut().for_each(|expr| found(Part::Expr(expr)));
            rare.grouping.iter_mut().flat_map(Grouping::exprs_mut).for_each(|expr| found(Part::Expr(expr)));
            rare.windows.iter_mut().for_each(|(_, window)| window.each_expr(&mut |expr| found(Part::Expr(expr))));
            rare.attachments.iter_mut().for_each(|attached| found(Part::Expr(&mut attached.what)));
        }
    }
}

impl Source {
    /// Hands out what is nested directly beneath.
    pub(super) fn each_part<'a>(&'a mut self, found: &mut impl FnMut(Part<'a>)) {
        match self {
            Source::Query { query, .. } | Source::Lateral { query, .. } => found(Part::Query(query)),
            Source::Values { rows, .. } => rows.iter_mut().flatten().for_each(|expr| found(Part::Expr(expr))),
            Source::Function { call, .. } => call.args.iter_mut().for_each(|expr| found(Part::Expr(expr))),
            Source::Table { .. } | Source::Only { .. } | Source::Sample(_) | Source::Arrays { .. } => {}
        }
    }
}
