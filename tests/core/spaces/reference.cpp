#include "core/io/hdf5.h"
#include "core/io/ratings_file.h"
#include "core/reference_files.h"
#include "core/reference_matrix.h"
#include "core/spaces/centroids.h"
#include "core/spaces/component_labels.h"
#include "core/spaces/similarity.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace tercet;
using test::matrixIn;

namespace {

Matrix<double> columnsOf(MatrixView<const double> values, std::size_t begin, std::size_t count) {
    Matrix<double> part(values.rows(), count);
    for (std::size_t i = 0; i < values.rows(); ++i)
        for (std::size_t c = 0; c < count; ++c)
            part(i, c) = values(i, begin + c);
    return part;
}

double roundedPercent(double share) { return std::round(share * 1e4) / 100; }

} // namespace

TEST_CASE("Labels and centroids are those of the reference") {
    const test::ReferenceFiles reference("spaces");
    for (const auto& path : reference.paths()) {
        CAPTURE(path);
        const auto file = Hdf5File::open(path);
        const auto embedding = matrixIn(file, "in/embedding");
        const auto ratings = matrixIn(file, "in/ratings");
        const auto names = file.read<std::string>("in/rating_names").values;
        const auto terms = knownTerms();
        REQUIRE(terms.size() == names.size());
        for (std::size_t i = 0; i < names.size(); ++i)
            CHECK(terms[i].name == names[i]);

        const auto labels = labelComponents(embedding.view(), ratings, terms);
        const auto r = matrixIn(file, "out/correlation");
        double worst = 0;
        for (std::size_t i = 0; i < r.size(); ++i)
            worst = std::max(worst, std::abs(labels.correlation.values()[i] - r.values()[i]));
        CHECK(worst < 1e-12);
        const auto texts = file.read<std::string>("out/labels").values;
        const auto interpretable = file.read<std::uint8_t>("out/interpretable").values;
        REQUIRE(labels.labels.size() == texts.size());
        for (std::size_t c = 0; c < texts.size(); ++c) {
            CHECK(labels.labels[c].text == texts[c]);
            CHECK(labels.labels[c].interpretable == (interpretable[c] == 1));
        }

        const auto top = topCategories(columnsOf(ratings, 0, kCategoryCount));
        CHECK(top == file.read<std::uint32_t>("out/top_category").values);
        const auto result = nearestCentroids(embedding, top, {.permutations = 0});
        CHECK(result.rows == file.read<std::uint32_t>("out/centroid_rows").values);
        CHECK(result.categories == file.read<std::uint32_t>("out/centroid_categories").values);
        CHECK(result.rank == file.read<std::uint32_t>("out/centroid_rank").values);
        CHECK(std::abs(result.accuracy[0] - file.read<double>("out/top1").values[0]) < 1e-12);
        CHECK(std::abs(result.accuracy[2] - file.read<double>("out/top3").values[0]) < 1e-12);
    }
}

TEST_CASE("The real ratings have the known categories and accuracies") {
    const auto path = test::sharedFile("data/ck2017/ratings48_2180.csv.gz");
    if (path.empty())
        return;
    const RatingsTable table = readRatings(path);
    const auto categories = columnsOf(table.values, 0, kCategoryCount);
    const auto dimensions = columnsOf(table.values, kCategoryCount, kDimensionCount);
    const auto top = topCategories(categories);
    const auto raw = nearestCentroids(categories, top, {.permutations = 10});
    CHECK(raw.categories.size() == 27);
    CHECK(raw.rows.size() == 2166);
    CHECK(roundedPercent(raw.accuracy[0]) == 81.35);
    CHECK(roundedPercent(raw.accuracy[2]) == 98.06);
    CHECK(raw.chance[2].percentile95 < 0.25);
    const auto rated = nearestCentroids(dimensions, top, {.permutations = 0});
    CHECK(roundedPercent(rated.accuracy[0]) == 23.50);
    CHECK(roundedPercent(rated.accuracy[2]) == 45.75);
}

TEST_CASE("The predicted similarity matrix is that of the reference") {
    const test::ReferenceFiles reference("triplets");
    for (const auto& path : reference.paths()) {
        CAPTURE(path);
        const auto file = Hdf5File::open(path);
        const auto expected = matrixIn(file, "out/predicted_rsm");
        const auto found = predictedSimilarity(matrixIn(file, "in/embedding"), JobControl(), Progress(), 2);
        REQUIRE(found.rows() == expected.rows());
        double worst = 0;
        for (std::size_t i = 0; i < expected.size(); ++i)
            worst = std::max(worst, std::abs(found.values()[i] - expected.values()[i]));
        CHECK(worst < 1e-12);
    }
}
