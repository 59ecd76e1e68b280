#pragma once

#include "core/io/gifti_file.h"

#include <string>

namespace tercet {

/// A hemisphere's surface of two triangles and its parcels: `stem` + ".pial.surf.gii" and ".parcels.label.gii".
inline void writeHemisphere(const std::string& stem) {
    GiftiContent surface;
    surface.arrays = {{.intent = "POINTSET", .shape = {4, 3}, .values = {0, 0, 0, 9, 0, 0, 0, 9, 0, 9, 9, 0}},
                      {.intent = "TRIANGLE", .shape = {2, 3}, .values = {0, 1, 2, 1, 3, 2}}};
    writeGifti(stem + ".pial.surf.gii", surface);
    GiftiContent labels;
    labels.arrays = {{.intent = "LABEL", .shape = {4}, .values = {0, 1, 1, 1}}};
    labels.labels[1] = {.name = "V1"};
    writeGifti(stem + ".parcels.label.gii", labels);
}

} // namespace tercet
