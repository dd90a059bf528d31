// Reads each calendar that is named and says, a line each, how it breaks RFC 5545.
import net.fortuna.ical4j.data.CalendarBuilder

args.each { path ->
    try {
        def calendar = new File(path).withInputStream { new CalendarBuilder().build(it) }
        calendar.validate(true).entries.each { println "$path: $it.severity $it.context $it.message".readLines().join(' ') }
    } catch (Exception error) {
        println "$path: $error"
    }
}
