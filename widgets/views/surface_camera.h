#pragma once

namespace tercet {

/// How a surface is looked at: a value that several views may share. On the inflated surface both hemispheres turn
/// about their own middles, mirrored, so that they always show the same side.
struct SurfaceCamera {
    double x = 0;        ///< what is in the middle of the view, mm from the middle of the whole, to the right
    double y = 0;        ///< the same upwards
    double zoom = 1;     ///< 1 shows everything
    double turn = 0;     ///< about the vertical axis, degrees: 0 lateral, 180 medial, 90 anterior
    double tilt = 0;     ///< towards the viewer, degrees: 0 from the side, 90 from above
    double flatness = 1; ///< 0 inflated, 1 flat
    friend bool operator==(const SurfaceCamera&, const SurfaceCamera&) = default;
};

} // namespace tercet
