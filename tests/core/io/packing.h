#pragma once

#include <catch2/catch.hpp>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <zip.h>
#include <zlib.h>

namespace tercet::test {

[[nodiscard]] inline std::string gzipped(std::string_view text) {
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
    std::string copy(text);
    stream.next_in = reinterpret_cast<Bytef*>(copy.data());
    stream.avail_in = static_cast<uInt>(copy.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    packed.resize(packed.size() - stream.avail_out);
    deflateEnd(&stream);
    return packed;
}

/// The bytes of a .npy file, header padded as NumPy does.
[[nodiscard]] inline std::string npyBytes(std::string_view descr, std::string_view shape, std::string_view data,
                                          bool fortran = false, int version = 1) {
    std::string header = "{'descr': '" + std::string(descr) + "', 'fortran_order': " + (fortran ? "True" : "False") +
                         ", 'shape': " + std::string(shape) + ", }";
    header.append(63 - (10 + header.size()) % 64, ' ');
    header += '\n';
    std::string bytes = "\x93NUMPY";
    bytes += static_cast<char>(version);
    bytes += '\0';
    bytes += static_cast<char>(header.size() & 0xFF);
    bytes += static_cast<char>(header.size() >> 8);
    if (version > 1)
        bytes += std::string(2, '\0');
    return bytes + header + std::string(data);
}

template <class T>
[[nodiscard]] std::string rawBytes(std::initializer_list<T> values) {
    std::string bytes;
    for (const T value : values)
        bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    return bytes;
}

inline void writeZip(const std::filesystem::path& path, const std::map<std::string, std::string>& entries,
                     bool deflated) {
    int error = 0;
    zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
    REQUIRE(archive != nullptr);
    for (const auto& [name, content] : entries) {
        zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
        const zip_int64_t index = zip_file_add(archive, name.c_str(), source, ZIP_FL_OVERWRITE);
        REQUIRE(index >= 0);
        zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), deflated ? ZIP_CM_DEFLATE : ZIP_CM_STORE,
                                 0);
    }
    REQUIRE(zip_close(archive) == 0);
}

/// A file that lies beside the tests.
[[nodiscard]] inline std::filesystem::path fixture(const std::string& name) {
    return std::filesystem::path(TERCET_TESTS_DIR) / "core/io/data" / name;
}

} // namespace tercet::test
