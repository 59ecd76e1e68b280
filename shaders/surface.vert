//VTK::System::Dec

in vec4 vertexMC; // seen from the side, mm from the middle of its hemisphere
in vec3 flatPlace; // mm from the middle of the whole

uniform mat4 MCDCMatrix;
uniform vec3 turnX; // rows of a matrix
uniform vec3 turnY;
uniform vec3 turnZ;
uniform vec3 middle; // of the hemisphere, mm from that of the whole
uniform float flatness;

void main()
{
    vec3 side = middle + vec3(dot(turnX, vertexMC.xyz), dot(turnY, vertexMC.xyz), dot(turnZ, vertexMC.xyz));
    gl_Position = MCDCMatrix * vec4(side + flatness * flatPlace, 1.0);
}
