"""`joinedup bench`: every measurement by its name."""

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

app = spine.app
app.command("link")(bench_link)
app.command("live")(bench_live)
app.command()(bulk)
app.command()(sample)
app.command()(weights)
app.command()(findings)
app.command()(search)
app.command()(referrals)
app.command("audit")(bench_audit)
app.command("sharing")(bench_sharing)
app.command("calendar")(bench_calendar)
