plugins {
    id("com.android.library")
}

// The AAR has no prefab package, so it is unpacked for its `headers/` and `jni/ABI/libonnxruntime.so`.
val onnxruntime = configurations.create("onnxruntime")
val onnxruntimeFolder = layout.buildDirectory.dir("onnxruntime-android")
val executorchFolder = providers.gradleProperty("riseEdge.executorch")

android {
    namespace = "org.riseedge"
    compileSdk = 36
    ndkVersion = "28.2.13676358"

    defaultConfig {
        minSdk = 28
        ndk { abiFilters += listOf("arm64-v8a", "x86_64") }
        externalNativeBuild {
            cmake {
                arguments += "-DANDROID_STL=c++_shared"
                arguments += "-DRISE_ONNXRUNTIME_AAR=${onnxruntimeFolder.get().asFile}"
                executorchFolder.orNull?.let { arguments += "-DRISE_EXECUTORCH_ANDROID=$it" }
            }
        }
    }
    externalNativeBuild {
        cmake {
            path = file("src/main/cpp/CMakeLists.txt")
            version = "3.22.1"
        }
    }
}

dependencies {
    onnxruntime("com.microsoft.onnxruntime:onnxruntime-android:1.24.2@aar")
}

val unpackOnnxruntime = tasks.register<Sync>("unpackOnnxruntime") {
    from({ zipTree(onnxruntime.singleFile) })
    into(onnxruntimeFolder)
}
tasks.configureEach {
    if (name.startsWith("configureCMake")) dependsOn(unpackOnnxruntime)
}
