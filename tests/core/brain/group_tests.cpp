#include "core/brain/group_tests.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/io/hdf5.h"
#include "core/reference_files.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace tercet;

TEST_CASE("Tests over subjects are those of the reference") {
    const test::ReferenceFiles reference("statistics");
    for (const auto& path : reference.paths()) {
        CAPTURE(path);
        const auto file = Hdf5File::open(path);
        const auto a = file.read<double>("in/scores_a");
        const auto b = file.read<double>("in/scores_b").values;
        const std::size_t regions = a.shape.at(1);
        const auto read = [&](const char* name) { return file.read<double>(std::string("out/") + name).values; };
        const auto t = read("paired_t"), p = read("paired_p"), q = read("paired_q");
        const auto oneT = read("one_sample_t"), oneP = read("one_sample_p"), oneQ = read("one_sample_q");
        std::vector<double> paired, single;
        for (std::size_t region = 0; region < regions; ++region) {
            std::vector<double> first, second;
            for (std::size_t subject = 0; subject < a.shape[0]; ++subject) {
                first.push_back(a.values[subject * regions + region]);
                second.push_back(b[subject * regions + region]);
            }
            const MeanTest difference = pairedTest(first, second);
            const MeanTest mean = meanTest(first);
            CHECK(difference.freedom == 4);
            CHECK(difference.t == Approx(t[region]).epsilon(1e-9));
            CHECK(difference.p == Approx(p[region]).epsilon(1e-9));
            CHECK(mean.t == Approx(oneT[region]).epsilon(1e-9));
            CHECK(mean.p == Approx(oneP[region]).epsilon(1e-9));
            CHECK(difference.effect * std::sqrt(5.0) == Approx(difference.t));
            CHECK((difference.interval.low < difference.mean && difference.mean < difference.interval.high));
            CHECK(((difference.interval.low > 0 || difference.interval.high < 0) == (difference.p < 0.05)));
            paired.push_back(difference.p);
            single.push_back(mean.p);
        }
        const auto rates = falseDiscoveryRates(paired);
        const auto oneRates = falseDiscoveryRates(single);
        for (std::size_t region = 0; region < regions; ++region) {
            CHECK(rates[region] == Approx(q[region]).epsilon(1e-9));
            CHECK(oneRates[region] == Approx(oneQ[region]).epsilon(1e-9));
        }
    }
}

TEST_CASE("Small p keep their digits") {
    std::vector<double> values;
    for (int i = 0; i < 30; ++i)
        values.push_back(10 + 0.01 * i);
    const MeanTest test = meanTest(values);
    CHECK(test.p > 0);
    CHECK(test.p < 1e-50);
    CHECK(meanTest(std::vector<double>{2, 2, 2}).p == 0);
    CHECK(std::isnan(meanTest(std::vector<double>{0, 0, 0}).p));
    CHECK(std::isnan(meanTest(std::vector<double>{1}).t));
    const double none = std::numeric_limits<double>::quiet_NaN();
    CHECK(meanTest(std::vector<double>{1, none, 2, 4}).t == meanTest(std::vector<double>{1, 2, 4}).t);
}

TEST_CASE("Flips of signs are counted exactly") {
    CHECK(signFlipP(std::vector<double>{1, 2, 3, 4, 5}) == 2.0 / 32);
    CHECK(signFlipP(std::vector<double>{-1, -2, -3, -4, -5}) == 2.0 / 32);
    CHECK(signFlipP(std::vector<double>{0.1, 0.2, -0.3}) == 1.0); // the mean is 0 but for rounding
    CHECK(signFlipP(std::vector<double>{3, -1}) == 1.0);          // 2, 4, −4, −2
    CHECK_THROWS_AS(signFlipP(std::vector<double>(21, 1.0)), DataError);
}

TEST_CASE("False discovery rates are monotone, and pass NaN over") {
    Rng rng(4);
    std::vector<double> p(200);
    for (double& value : p)
        value = rng.uniform();
    p[7] = std::numeric_limits<double>::quiet_NaN();
    const auto rates = falseDiscoveryRates(p);
    CHECK(std::isnan(rates[7]));
    for (std::size_t i = 0; i < p.size(); ++i) {
        if (i == 7)
            continue;
        // The definition: the least, over all thresholds from p on, of the expected share of false ones.
        double least = 1;
        for (std::size_t j = 0; j < p.size(); ++j) {
            if (j == 7 || p[j] < p[i])
                continue;
            double below = 0;
            for (std::size_t k = 0; k < p.size(); ++k)
                below += k != 7 && p[k] <= p[j] ? 1 : 0;
            least = std::min(least, p[j] * 199 / below);
        }
        CHECK(rates[i] == Approx(least));
    }
}
