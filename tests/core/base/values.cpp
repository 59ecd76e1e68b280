#include "core/base/control.h"
#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/outcome.h"
#include "core/base/progress.h"
#include "core/base/rng.h"
#include "core/base/statistics.h"
#include "core/base/text.h"
#include "core/base/triplets.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <thread>

using namespace tercet;

TEST_CASE("a fault becomes one sentence") {
    CHECK(std::string(FormatError({.where = "ratings.csv, line 12",
                                   .expected = "a number",
                                   .found = "“n/a”",
                                   .remedy = "remove the row or fill in the value"})
                          .what()) ==
          "ratings.csv, line 12: expected a number, found “n/a”; remove the row or fill in the value.");
    CHECK(std::string(StorageError({.where = "a", .what = "the disk is full"}).what()) == "a: the disk is full.");
}

TEST_CASE("work ends in exactly one outcome") {
    CHECK(std::holds_alternative<Done>(outcomeOf([] {})));
    CHECK(std::holds_alternative<Stopped>(outcomeOf([] { throw Cancelled(); })));
    const Outcome failed = outcomeOf([] { throw DataError({.what = "all zero"}); });
    REQUIRE(std::holds_alternative<Failed>(failed));
    CHECK(std::get<Failed>(failed).message == "all zero.");
}

TEST_CASE("random numbers are seeded, uniform and unbiased") {
    Rng a(7);
    Rng b(7);
    Rng c(7, 1);
    CHECK(a.next() == b.next());
    CHECK(a.next() != c.next());
    std::vector<int> counts(3);
    double sum = 0;
    double square = 0;
    constexpr int kDraws = 300000;
    for (int i = 0; i < kDraws; ++i) {
        ++counts[a.below(3)];
        const double z = a.normal();
        sum += z;
        square += z * z;
    }
    for (const int count : counts)
        CHECK(std::abs(count - kDraws / 3) < 1300); // five standard deviations
    CHECK(std::abs(sum / kDraws) < 0.01);
    CHECK(std::abs(square / kDraws - 1) < 0.02);
}

TEST_CASE("hash fields keep their borders") {
    CHECK(Hasher().add("ab").add("c").hex() != Hasher().add("a").add("bc").hex());
    CHECK(Hasher().add("ab").hex() == Hasher().add("ab").hex());
    CHECK(Hasher().add("ab").hex().size() == 32);
}

TEST_CASE("numbers are read whole or not at all") {
    CHECK(toNumber(" 1.5e-3 ") == 1.5e-3);
    CHECK(toNumber("+2") == 2);
    CHECK(std::isnan(toNumber("nan").value()));
    CHECK_FALSE(toNumber("1,5"));
    CHECK_FALSE(toNumber("1.5x"));
    CHECK_FALSE(toNumber(""));
    CHECK(toInteger("12") == 12);
    CHECK_FALSE(toInteger("12.5"));
    CHECK(withThousands(7125330) == "7,125,330");
    CHECK(withThousands(330) == "330");
    CHECK(toLargeNumber("25 M") == 25e6);
    CHECK(toLargeNumber("671b") == 671e9);
    CHECK(toLargeNumber("7e9") == 7e9);
    CHECK(toLargeNumber("1,300,000") == 1.3e6);
    CHECK_FALSE(toLargeNumber("M"));
    CHECK_FALSE(toLargeNumber("many"));
    CHECK_FALSE(toLargeNumber(""));
    CHECK(formatLargeNumber(6.71e11) == "671 B");
    CHECK(formatLargeNumber(2.5e7) == "25 M");
    CHECK(formatLargeNumber(12) == "12");
    CHECK(counted(1, "category", "categories") == "1 category");
    CHECK(counted(0, "stimulus", "stimuli") == "0 stimuli");
    CHECK(counted(2180, "stimulus", "stimuli") == "2,180 stimuli");
    CHECK(formatDuration(75) == "1 min 15 s");
    CHECK(quoted("a\tb") == "“a?b”");
}

TEST_CASE("progress parts nest") {
    const auto state = std::make_shared<ProgressState>();
    const Progress half = Progress(state).part(0.5, 1);
    half.part(0, 0.5).set(1);
    CHECK(state->fraction() == Approx(0.75));
    half.say("fitting");
    CHECK(state->message() == "fitting");
}

TEST_CASE("a stop ends a pause and is not lost") {
    JobControl control;
    control.setPaused(true);
    std::jthread stopper([&] { control.requestStop(); });
    CHECK_THROWS_AS(control.check(), Cancelled);
    control.setPaused(true);
    CHECK_THROWS_AS(control.check(), Cancelled);
}

TEST_CASE("a finish ends a pause and lets the job go on to its end") {
    JobControl control;
    control.setPaused(true);
    CHECK(control.paused());
    control.requestFinish();
    control.check();
    CHECK(control.finishRequested());
    CHECK_FALSE(control.paused());
    CHECK_FALSE(control.stopRequested());
}

TEST_CASE("columns correlate, constant ones give NaN") {
    const Matrix<double> a(4, 2, {1, 5, 2, 5, 3, 5, 4, 5});
    const Matrix<double> b(4, 1, {8, 6, 4, 2});
    const Matrix<double> r = correlateColumns(a, b);
    CHECK(r(0, 0) == Approx(-1));
    CHECK(std::isnan(r(1, 0)));
}

TEST_CASE("p of a correlation") {
    // scipy.stats.t.sf
    CHECK(correlationP(0.5, 10) == Approx(0.14111328125).epsilon(1e-10));
    CHECK(correlationP(-0.1, 2180) == Approx(2.895466224170938e-06).epsilon(1e-7));
    CHECK(correlationP(0.9, 5) == Approx(0.03738607346849863).epsilon(1e-10));
    CHECK(correlationP(0.02, 300) == Approx(0.7300954808520409).epsilon(1e-10));
    CHECK(correlationP(1, 5) == 0);
    CHECK(std::isnan(correlationP(0.5, 2)));
    CHECK(std::isnan(correlationP(std::nan(""), 20)));
}

TEST_CASE("Wilson interval of a half") {
    const Interval interval = wilsonInterval(50, 100); // 0.4038 – 0.5962 (Brown, Cai & DasGupta 2001)
    CHECK(interval.low == Approx(0.4038).margin(1e-4));
    CHECK(interval.high == Approx(0.5962).margin(1e-4));
}

TEST_CASE("triplets are 16-bit where stimuli fit") {
    CHECK(Triplets::narrowFits(65536));
    CHECK_FALSE(Triplets::narrowFits(65537));
    const Triplets triplets(Triplets::Wide{1, 2, 70000, 4, 5, 6});
    CHECK(triplets.size() == 2);
    CHECK(triplets.at(0, 2) == 70000);
}

TEST_CASE("quantiles of Student's t are those of the tables") {
    CHECK(studentQuantile(0.975, 1) == Approx(12.706204736174723).epsilon(1e-10));
    CHECK(studentQuantile(0.975, 2) == Approx(4.302652729749458).epsilon(1e-10));
    CHECK(studentQuantile(0.975, 9) == Approx(2.2621571627982053).epsilon(1e-10));
    CHECK(studentQuantile(0.025, 9) == Approx(-2.2621571627982053).epsilon(1e-10));
    CHECK(studentQuantile(0.95, 30) == Approx(1.697260886593958).epsilon(1e-10));
    CHECK(studentQuantile(0.975, 1e6) == Approx(1.9599663).epsilon(1e-5));
}

TEST_CASE("a mean has the interval of Student's t, and values that are NaN do not count") {
    const double nan = std::nan("");
    const std::vector<double> values{1, nan, 2, 3, 4, 5};
    const MeanInterval mean = meanInterval(values);
    CHECK(mean.mean == 3);
    CHECK(mean.interval.low == Approx(3 - 1.9632432).epsilon(1e-6));
    CHECK(mean.interval.high == Approx(3 + 1.9632432).epsilon(1e-6));
    const std::vector<double> alone{2};
    CHECK(meanInterval(alone).mean == 2);
    CHECK(std::isnan(meanInterval(alone).interval.low));
    CHECK(std::isnan(meanInterval({}).mean));
}

TEST_CASE("percentiles lie between order statistics") {
    std::vector<double> values{std::nan("")};
    for (int i = 200; i >= 0; --i)
        values.push_back(i);
    const Interval interval = percentileInterval(values);
    CHECK(interval.low == Approx(5));
    CHECK(interval.high == Approx(195));
    CHECK(std::isnan(percentileInterval({}).low));
    const std::vector<double> few{1, 2};
    CHECK(quantileOf(few, 0.25) == Approx(1.25));
}

TEST_CASE("names with numbers are in their natural order") {
    CHECK(naturallyLess("clip 9", "clip 10"));
    CHECK_FALSE(naturallyLess("clip 10", "clip 9"));
    CHECK(naturallyLess("Clip 2", "clip 10"));
    CHECK(naturallyLess("a", "ab"));
    CHECK_FALSE(naturallyLess("a", "a"));
    CHECK(naturallyLess("a007", "a8"));
    CHECK(naturallyLess("99999999999999999999998", "99999999999999999999999"));
}
