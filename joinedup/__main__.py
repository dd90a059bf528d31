"""python -m joinedup: the command line."""

import typer

from joinedup import audit, dead_letters, feed, keys, people, sharing, webhook
from joinedup.bench import spine
from joinedup.bench.audit import audit as bench_audit
from joinedup.bench.bulk import bulk
from joinedup.bench.calendar import calendar as bench_calendar
from joinedup.bench.findings import findings
from joinedup.bench.link import link as bench_link
from joinedup.bench.live import live as bench_live
from joinedup.bench.referrals import referrals
from joinedup.bench.sample import sample
from joinedup.bench.search import search
from joinedup.bench.sharing import sharing as bench_sharing
from joinedup.bench.weights import weights
from joinedup.demo import demo
from joinedup.duties import commands as duties
from joinedup.link import link
from joinedup.model import commands as model
from joinedup.rebuild import migrate, rebuild
from joinedup.up import up

app = typer.Typer(
    name="joinedup",
    help="Compliance partnerships pool what each agency knows about local businesses, lawfully and live.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
for command in (up, demo, link, rebuild, migrate):
    app.command()(command)
app.add_typer(feed.app, name="feed")
app.add_typer(dead_letters.app, name="log")
spine.app.command("link")(bench_link)
spine.app.command("live")(bench_live)
spine.app.command()(bulk)
spine.app.command()(sample)
spine.app.command()(weights)
spine.app.command()(findings)
spine.app.command()(search)
spine.app.command()(referrals)
spine.app.command("audit")(bench_audit)
spine.app.command("sharing")(bench_sharing)
spine.app.command("calendar")(bench_calendar)
app.add_typer(model.app, name="model")
app.add_typer(sharing.app, name="sharing")
app.add_typer(people.app, name="people")
app.add_typer(audit.app, name="audit")
app.add_typer(keys.app, name="keys")
app.add_typer(webhook.app, name="webhook")
app.add_typer(duties.app, name="duties")
app.add_typer(spine.app, name="bench")

if __name__ == "__main__":
    app()
