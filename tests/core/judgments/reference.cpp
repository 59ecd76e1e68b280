#include "core/io/hdf5.h"
#include "core/io/ratings_file.h"
#include "core/judgments/simulated_choices.h"
#include "core/judgments/triplet_sampling.h"
#include "core/reference_files.h"
#include "core/reference_matrix.h"

#include <catch2/catch.hpp>
#include <fstream>

using namespace tercet;
using test::matrixIn;

TEST_CASE("Simulated choices are those of the reference") {
    const test::ReferenceFiles reference("triplets");
    for (const auto& path : reference.paths()) {
        CAPTURE(path);
        const auto file = Hdf5File::open(path);
        const auto ratings = matrixIn(file, "in/ratings");
        const auto rows = file.read<std::uint16_t>("in/triplets").values;
        const auto odd = file.read<std::int64_t>("out/simulated_odd_position").values;
        const Triplets triplets{Triplets::Narrow(rows)};
        REQUIRE(odd.size() == triplets.size());
        const auto choices = simulateChoices(ratings, triplets, {});
        CHECK(choices.ties == 0);
        std::size_t agree = 0;
        for (std::size_t t = 0; t < odd.size(); ++t)
            agree += choices.judgments.at(t, 2) == triplets.at(t, static_cast<std::size_t>(odd[t]));
        CHECK(agree == odd.size());
    }
}

TEST_CASE("The real ratings have the paper's prototypes and the known share of ties") {
    const auto ratingsFile = test::sharedFile("data/ck2017/ratings48_2180.csv.gz");
    const auto prototypesFile = test::sharedFile("data/ck2017/prototypes_66.txt");
    if (ratingsFile.empty() || prototypesFile.empty())
        return;
    const RatingsTable table = readRatings(ratingsFile);
    REQUIRE(table.values.rows() == 2180);
    Matrix<double> categories(2180, kCategoryCount);
    for (std::size_t i = 0; i < 2180; ++i)
        for (std::size_t c = 0; c < kCategoryCount; ++c)
            categories(i, c) = table.values(i, c);

    std::vector<std::uint32_t> expected;
    std::ifstream lines(prototypesFile);
    for (std::uint32_t label = 0, id = 0; lines >> label >> id;)
        expected.push_back(label - 1);
    std::sort(expected.begin(), expected.end());
    CHECK(expected.size() == 66);
    CHECK(prototypesOf(categories) == expected);

    const auto training = sampleTriplets(2180, {.seed = 1}).triplets;
    REQUIRE(training.size() == 7'125'330);
    const auto validation = sampleValidationTriplets(2180, expected, training, {.perPair = 100, .seed = 1}).triplets;
    CHECK(validation.size() == 214'500);
    CHECK(countShared(validation, training) == 0);

    const auto sample = sampleTriplets(2180, {.perPair = 1, .seed = 1});
    const auto choices = simulateChoices(categories, sample.triplets, {});
    // 0.08 % (FORMATS §4)
    CHECK(static_cast<double>(choices.ties) / static_cast<double>(sample.triplets.size()) ==
          Approx(0.0008).margin(0.00005));
}
