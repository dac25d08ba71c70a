import pytest

from ganfx.media.texture_names import role_of

DATA = (
    "T_Wall_N T_Wall_R T_Wall_ORM t_wall_m T_Wall_MRAO wall_MRA wall_RMA wall_MADS "
    "rock_ARM wall_nor_gl wall_nor_dx_4k wall_arm_1k wall_rough_2k wall_disp "
    "wall_ao_1k wall_metal_8k Bricks076_1K-PNG_NormalGL Bricks076_1K-JPG_Roughness "
    "Bricks076_4K_AmbientOcclusion Bricks_Displacement mat_OcclusionRoughnessMetallic "
    "mat_MetallicSmoothness mat_MaskMap Helmet_metalRoughness Helmet_metallicRoughness "
    "Helmet_roughness-metallic WALL_NORMAL wall_normal_opengl wall_ambient_occlusion "
    "wall_Normal_Raw wall_normal_u1_v1 wall_height.1001 wall_opacity wall_mask "
    "WallNormal wall_normal_v002 wall_NRM wall_normal_2048"
)
COLOR = (
    "T_Wall_D T_Wall_BC wall_diff_1k Bricks076_1K-PNG_Color wall_BaseColor "
    "wall_base_color wall_albedo.1001 wall_diffuse wall_col_2k mat_Emissive "
    "mat_emission wall_albedo_u1_v1"
)
OTHERS = (
    "plate.1001 IMG_0001 wall wood_normals_lit beach a.0001_L ComfyUI_00001_ frame0001 "
    "shot_v002.0001 normal_people"
)


@pytest.mark.parametrize(
    "stem",
    DATA.split(),
)
def test_names_of_data_textures(stem):
    role = role_of(stem)
    assert (role.kind, role.is_sure) == ("data", True)


@pytest.mark.parametrize(
    "stem",
    COLOR.split(),
)
def test_names_of_color_textures(stem):
    assert role_of(stem).kind == "color"


@pytest.mark.parametrize(
    "stem",
    OTHERS.split(),
)
def test_other_names_have_no_role(stem):
    assert role_of(stem).kind == ""


@pytest.mark.parametrize("stem", ["arm", "normal", "broken_arm", "house_n", "ROBOT_ARM", "my_id"])
def test_what_photos_are_called_too_is_not_sure(stem):
    assert not role_of(stem).is_sure


def test_the_surface_is_what_is_left_of_a_name():
    names = ("brick_wall_nor_gl_1k", "Brick-Wall_ARM", "brick_wall_diff.1001", "BrickWall_d_u1_v1")
    assert {role_of(name).base for name in names} == {"brickwall"}
