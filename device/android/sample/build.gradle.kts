plugins {
    id("com.android.application")
}

val runtime = if (providers.gradleProperty("riseEdge.executorch").isPresent) "EXECUTORCH" else "ONNX"

android {
    namespace = "org.riseedge.sample"
    compileSdk = 36

    defaultConfig {
        applicationId = "org.riseedge.sample"
        minSdk = 28
        targetSdk = 36
        versionCode = 1
        versionName = "0.1.0"
        buildConfigField("String", "RUNTIME", "\"$runtime\"")
    }
    buildFeatures { buildConfig = true }

    // The demonstration bundle comes out of the Python package: there is one copy of it.
    sourceSets["main"].assets.srcDir("../../../rise_edge/models")

    // Depending on its version the plugin packs libraries that CMake links, or does not.
    packaging { jniLibs { pickFirsts += "**/libonnxruntime.so" } }
}

dependencies {
    val camerax = "1.6.1"
    implementation(project(":rise-edge"))
    implementation("com.microsoft.onnxruntime:onnxruntime-android:1.24.2")
    implementation("androidx.activity:activity:1.10.1")
    implementation("androidx.camera:camera-camera2:$camerax")
    implementation("androidx.camera:camera-lifecycle:$camerax")
    implementation("androidx.camera:camera-view:$camerax")
    implementation("com.google.mlkit:face-detection:16.1.7") // the model is in the app, nothing is fetched
    implementation("com.google.ar:core:1.54.0")
}
