"""A made-up partnership with known truth, for demonstration, measurement and load. Nothing in it is a real business.

`generate(seed)` gives Cornwall's size (seed, Table 1: 8,088 records of 3,975 businesses) and any other on request.
The same seed gives the same bytes.

Modelled. Nine agencies, each with an export of its own: columns, file format, encoding, dates, risk scale, references.
A business is one trading business at one premises, known to one to six agencies. Names trading, legal and former; sole
traders under their own name; t/a; words dropped or added; typing errors that come together in careless rows; no name
("12 The Broadway") or no number ("The Chicken Shop, The Broadway"); abbreviations; transposed digits; postcodes
missing, misread, incomplete or the neighbour's; seven ways to write a telephone number; day and month of birth
swapped. Chains whose branches share name, switchboard, e-mail and company number; agents whose telephone stands on
many records; business parks, food courts, flats above shops; two takeaways on one mobile; owners and companies with
several shops; the next occupier of the same shop; phoenix companies; businesses that moved or changed their name and
records older than that; several Golden Dragons in one town; a complaints feed with a row per complaint. Who breaks one
agency's rules is more likely to break another's; police know many and hold nothing of note about nearly all.
Which phoenix rose from which business is known beside it (`Partnership.phoenixes`).

Not modelled. VAT, charity and UPRN numbers, coordinates and websites; relations between towns other than chains and
agents; seasonal trade; fraud that sets out to defeat matching; corrections and deletions over time (one state of each
feed is made); company numbers that lost a leading zero. The rates are judgement: set so that the counts resemble the
seed's, and that other linkers, run by `joinedup bench link`, score about what they scored on an independent UK set
(Splink 5: clusters 0.93, with one record per source 0.95). Our own linker's scores played no part in that.
"""

from joinedup.synthetic.partnership import Entry, Partnership, canonical, generate
from joinedup.synthetic.write import WrittenFeed, write, write_entries

__all__ = ["Entry", "Partnership", "WrittenFeed", "canonical", "generate", "write", "write_entries"]
