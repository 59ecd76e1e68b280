//VTK::System::Dec
//VTK::Output::Dec

uniform int firstTriangle;

// The number of the triangle, from 1 on, as a colour; what is left black is background.
void main()
{
    int number = firstTriangle + gl_PrimitiveID + 1;
    gl_FragData[0] = vec4(float(number & 255), float((number >> 8) & 255), float((number >> 16) & 255), 255.0) / 255.0;
}
