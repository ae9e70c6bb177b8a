"""The pure parts of bench/run: python3 -m unittest discover -s bench"""

import io
import json
import signal
import unittest
from contextlib import redirect_stderr
from xml.etree import ElementTree

from parts import command, curves, figures, rows, rush
from parts.figures import BEGIN, END, Load, Measured, Noise, RowResult, Unusable

REPORT = (
    '{"requests":900,"seconds":10.0,"p50":0.4,"p99":4.2,"refused":100,"broken":2,'
    '"heard":3,"strange":0,"keys":["r-0-7-1"]}'
)


def noise(ms=100.0, others=0.0):
    return Noise((ms, ms), others, 0.0, 0.0)


def measured(rate, p50=1.0, **disturbed):
    return Measured(rate, p50, 9.0, 12.0, 0, 0, noise(**disturbed))


def row(ours, theirs, by="rate"):
    return RowResult("a row", "a peer", "≥ 1", by, ours, theirs)


class Wrk(unittest.TestCase):
    def test_its_report_is_found_among_what_it_says(self):
        load = figures.load_of(f"Running 10s test @ http://127.0.0.1/\n  1 threads\n{REPORT}\nRequests/sec: 1\n")
        self.assertEqual(Load(900, 10.0, 0.4, 4.2, 100, 2, 3, 0, ["r-0-7-1"]), load)

    def test_what_was_refused_is_not_served(self):
        self.assertEqual(80, figures.load_of(REPORT).rate)

    def test_without_one_report_there_is_no_figure(self):
        for output in ("", "unable to connect to 127.0.0.1\n", f"{REPORT}\n{REPORT}\n"):
            with self.assertRaises(Unusable):
                figures.load_of(output)

    def test_nothing_served_is_no_figure(self):
        for requests in (0, 100):
            with self.assertRaises(Unusable):
                figures.load_of(REPORT.replace('"requests":900', f'"requests":{requests}'))


class Rounds(unittest.TestCase):
    def test_are_compared_one_by_one(self):
        both = row([measured(50), measured(90)], [measured(100), measured(100)])
        self.assertEqual([0.5, 0.9], figures.ratios(both))

    def test_a_shorter_time_is_a_better_one(self):
        self.assertEqual([0.25], figures.ratios(row([measured(1, p50=4)], [measured(1, p50=1)], by="p50")))

    def test_noisy_ones_do_not_count_while_half_are_quiet(self):
        ours = [measured(50), measured(10, ms=150), measured(60)]
        theirs = [measured(100), measured(100), measured(100, others=0.5)]
        self.assertEqual([0], figures.quiet_rounds(row(ours, theirs), 100))
        self.assertEqual([0, 1, 2], figures.counted_rounds(row(ours, theirs), 100))
        self.assertEqual([0, 2], figures.counted_rounds(row(ours, []), 100))

    def test_a_noisy_one_says_why(self):
        self.assertEqual([], noise(ms=110).reasons(100))
        self.assertEqual(["machine slower by 1.20"], noise(ms=120).reasons(100))
        self.assertEqual(["throttled for 5 ms"], Noise((100, 100), 0, 0, 5).reasons(100))
        self.assertEqual(
            ["others used 0.30 processors", "5% stolen by the host"],
            Noise((100, 100), 0.3, 0.05, 0).reasons(100),
        )

    def test_a_peer_is_given_what_the_resting_shop_took(self):
        self.assertEqual(1250, figures.alone(1000, cores=2, taken=0.4))
        self.assertEqual(2000, figures.alone(1000, cores=2, taken=1.9))


class Table(unittest.TestCase):
    def test_has_medians_and_ranges(self):
        ours = [measured(1000), measured(900), measured(800)]
        theirs = [measured(1000), measured(1000), measured(1000)]
        lines = figures.table([row(ours, theirs)]).splitlines()
        self.assertEqual(3, len(lines))
        self.assertEqual(
            "| a row | 900 (800 to 1,000) | a peer: 1,000 | 0.90 (0.80 to 1.00) | ≥ 1 | 12.0; 12.0 "
            "| 1.00, 9.00; 1.00, 9.00 | 3 of 3 |",
            lines[2],
        )
        self.assertEqual({9}, {line.count("|") for line in lines})

    def test_leaves_empty_what_is_not_there(self):
        alone = figures.table([row([measured(5.5, p50=0)], [])]).splitlines()[2]
        self.assertEqual("| a row | 5.5 |  |  | ≥ 1 | 12.0 |  | 1 of 1 |", alone)

    def test_is_the_same_from_a_file(self):
        before = row([measured(1)], [measured(2)])
        self.assertEqual(before, RowResult.from_json(json.loads(json.dumps(before.as_json()))))

    def test_takes_the_place_of_the_one_before(self):
        document = f"# Before\n{BEGIN}\nold\n{END}\nafter\n"
        self.assertEqual(f"# Before\n{BEGIN}\nnew\n{END}\nafter\n", figures.replaced(document, "new"))
        for without in ("no marks", document + document):
            with self.assertRaises(ValueError):
                figures.replaced(without, "new")


class Keys(unittest.TestCase):
    """Every key that was sent becomes one order, or the audit has something to say."""

    def setUp(self):
        self.sent = []
        self.target = rows.Target("shop", None, lambda: 1, None)
        self.measuring = rows.Measuring({}, 1, 1, print)
        original = rows.resend
        rows.resend = lambda port, keys: self.sent.extend(keys)
        self.addCleanup(lambda: setattr(rows, "resend", original))

    def settle(self, work, **more):
        load = dict(requests=9, seconds=1, p50=1, p99=1, refused=0, broken=0, heard=0, strange=0, keys=[])
        self.measuring.settle(self.target, work, Load(**{**load, **more}))

    def test_of_buys_those_that_nobody_heard_of_are_sent_again(self):
        self.settle(rows.HOT_64, heard=7, keys=["r-0-8-1", "r-0-9-1"])
        self.assertEqual((["r-0-8-1", "r-0-9-1"], 9), (self.sent, self.target.orders))

    def test_of_a_mix_the_first_and_the_last_are_sent_again_and_all_if_any_request_failed(self):
        keys = [f"r-0-{i}-1" for i in range(rows.RESENT_OF_A_MIX + 100)]
        self.settle(rows.mix("ordering"), keys=keys[::-1])
        self.assertEqual({keys[0], *keys[100:]}, set(self.sent))
        self.assertEqual(len(keys), self.target.orders)
        self.sent.clear()
        self.settle(rows.mix("ordering"), keys=keys, refused=1)
        self.assertEqual(set(keys), set(self.sent))

    def test_an_order_for_a_key_that_was_answered_before_is_refused(self):
        with self.assertRaises(Unusable):
            self.settle(rows.HOT_64, heard=7, strange=1)

    def test_look_ups_order_nothing(self):
        self.settle(rows.LOOKUP, keys=["r-0-1-1"])
        self.assertEqual(([], 0), (self.sent, self.target.orders))


class Curves(unittest.TestCase):
    def lines(self):
        lines = [curves.Line("clients", name) for name in curves.CURVES["clients"].works]
        for line in lines:
            for value, rate in ((1, 100), (16, 1_500), (64, 2_000)):
                for factor in (0.5, 1, 9):
                    line.at(value).add(measured(rate * factor, p50=value / 4))
        return lines

    def test_a_point_is_the_median_of_its_rounds(self):
        rows = curves.table("clients", self.lines()).split("\n")
        self.assertEqual(5, len(rows))
        self.assertTrue(rows[3].startswith("| 16 | 1,500 (4.00, 9.00; 12.0) |"), rows[3])

    def test_figures_survive_their_file(self):
        for line in self.lines():
            self.assertEqual(line, curves.Line.from_json(json.loads(json.dumps(line.as_json()))))

    def test_a_picture_is_xml_with_a_line_for_each_work_and_time(self):
        drawn = ElementTree.fromstring(curves.picture("clients", self.lines()))
        paths = drawn.findall("{http://www.w3.org/2000/svg}polyline")
        self.assertEqual(3 + 2 * 3, len(paths))
        heights = [float(point.split(",")[1]) for point in paths[0].get("points").split()]
        self.assertEqual(sorted(heights, reverse=True), heights, "more is higher")

    def test_the_scale_reaches_the_most(self):
        for most in (0.4, 3, 100, 101, 77_777):
            self.assertGreaterEqual(curves.ticks(most)[-1], most)

    def test_a_buy_of_several_lines_is_sent_again_as_it_was(self):
        self.assertEqual([7], rows.books_of("b1r2-0-9-7"))
        self.assertEqual([9, 10, 1], rows.books_of("b1r2-0-9-9-3-10"))


class AFolder(unittest.TestCase):
    def ends(self, failure=None):
        """The exit code, and the folder."""
        seen = []

        def measure(folder):
            seen.append(folder)
            if failure:
                raise failure

        before = signal.getsignal(signal.SIGTERM)
        try:
            with redirect_stderr(io.StringIO()) as said:
                code = command.in_a_folder("pygmy-test-", measure)
        finally:
            signal.signal(signal.SIGTERM, before)
        self.assertEqual(code == 1, str(seen[0]) in said.getvalue())
        return code, seen[0]

    def test_goes_when_it_was_measured_or_called_off(self):
        for failure, wanted in ((None, 0), (KeyboardInterrupt(), 130)):
            code, folder = self.ends(failure)
            self.assertEqual((wanted, False), (code, folder.exists()))

    def test_stays_for_its_logs_when_there_is_no_figure(self):
        code, folder = self.ends(Unusable("the audit finds something"))
        self.assertEqual((1, True), (code, folder.exists()))
        folder.rmdir()


class Rush(unittest.TestCase):
    COUNTS = '{"counts":{"sold 9":97,"sold 40":3,"overloaded 0":98,"overloaded 7":2,"503 80":1}}'

    def round(self):
        return rush.Round(10.0, rush.outcomes_of(f"Running 10s test\n{REPORT}\n{self.COUNTS}\n"), 10.0, 900.0, 901.0)

    def test_so_many_buyers_pause_so_long(self):
        self.assertEqual(250, rush.pause_millis(1_000, 4_000))
        self.assertEqual(1, rush.pause_millis(1, 4_000))

    def test_what_became_of_them_is_told_by_outcome(self):
        self.assertEqual({"sold", "overloaded", "503"}, set(self.round().outcomes))
        self.assertEqual({9: 97, 40: 3}, self.round().outcomes["sold"])
        self.assertEqual({"503": 1}, self.round().others)
        with self.assertRaises(Unusable):
            rush.outcomes_of(REPORT)

    def test_a_quantile_is_rounded_up(self):
        self.assertEqual(10, rush.quantile({9: 97, 40: 3}, 0.97))
        self.assertEqual(41, rush.quantile({9: 97, 40: 3}, 0.98))
        self.assertEqual(0, rush.quantile({}, 0.5))

    def test_the_table_has_a_line_for_each_round(self):
        line = rush.table([self.round()]).split("\n")[2]
        self.assertIn("| 10 | 20 (2.01) | 10 (1.00) | 10, 41 | 10 | 1.00, 8.00 | 1 × 503 | 900, 901 |", line)


if __name__ == "__main__":
    unittest.main()
