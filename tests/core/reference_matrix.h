#pragma once

#include "core/base/matrix.h"
#include "core/io/hdf5.h"

#include <catch2/catch.hpp>

#include <string>
#include <utility>

namespace tercet::test {

/// A two-dimensional array of a reference; fails the test if it is not.
inline Matrix<double> matrixIn(const Hdf5File& file, const std::string& name) {
    Array<double> array = file.read<double>(name);
    REQUIRE(array.shape.size() == 2);
    return {array.shape[0], array.shape[1], std::move(array.values)};
}

} // namespace tercet::test
