package AepNginx;

# Test::Nginx::Socket for our module: nginx listens on the loopback interface only and runs as it does in production,
# a master process and a worker; a configuration is checked before it is used; and every block fails if nginx has
# logged what it never should, from its start to its end. A test file begins with
#
#     use AepNginx 'no_plan';
#     run_tests();
#     __DATA__
#
# and `prove -I t/lib -I build/deps/test-nginx/usr/share/perl5 t/x.t` runs it alone.

use strict;
use warnings;

use AepPatience qw(patience);

# Test::Nginx reads its environment while it is loaded.
BEGIN {
    require Cwd;
    require File::Basename;

    my $top   = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/../..');
    my $build = Cwd::abs_path($ENV{AEP_BUILD} || "$top/build");

    die "$build/ngx_http_aep_module.so is not there: run make\n" unless -e "$build/ngx_http_aep_module.so";

    $ENV{PATH} .= ':/usr/local/sbin:/usr/sbin';
    $ENV{TEST_NGINX_BINARY}         ||= 'nginx';
    $ENV{TEST_NGINX_RANDOMIZE}      //= 1;
    $ENV{TEST_NGINX_MASTER_PROCESS} ||= 'on';
    $ENV{TEST_NGINX_TIMEOUT}        ||= patience(30);

    # Debian's echo module loads into Debian's nginx only.
    my $echo = "$top/build/deps/test-nginx/usr/lib/nginx/modules/ngx_http_echo_module.so";
    my @echo = $ENV{TEST_NGINX_BINARY} =~ m{^(?:/usr/sbin/)?nginx$} && -e $echo ? ($echo) : ();
    $ENV{TEST_NGINX_LOAD_MODULES} ||= join ' ', @echo, "$build/ngx_http_aep_module.so";
}

use Test::Nginx::Socket -Base;
use File::Path ();
use Test::Nginx::Util qw(env_to_nginx $ConfFile $PidFile $ServRoot);

env_to_nginx(qw(LSAN_OPTIONS UBSAN_OPTIONS));

# What says that a process of nginx died, leaked or went wrong. `[alert]` is checked by Test::Nginx for what is
# logged before nginx is told to end; connections that leaked are alerts after that.
my $fault = qr/\[alert\]|exited on signal|Sanitizer|runtime error:/;

add_block_preprocessor(sub {
    my $block = shift;
    return if defined $block->must_die;

    if (!defined $block->no_shutdown_error_log) {
        $block->set_value('no_shutdown_error_log', $fault);
    }
    if (!defined $block->no_error_log && !defined $block->error_log && !defined $block->grep_error_log) {
        $block->set_value('no_error_log', [$fault, '[error]', '[warn]']);
    }
});

# Each block has a queue of its own: Test::Nginx removes only what it knows.
my $setup_server_root = \&Test::Nginx::Util::setup_server_root;
{
    no warnings 'redefine';
    *Test::Nginx::Util::setup_server_root = sub ($) {
        File::Path::remove_tree("$ServRoot/aep-queue");
        $setup_server_root->(@_);
    };
}

my $write_config_file = \&Test::Nginx::Util::write_config_file;

my $adapt_config_file = sub {
    open my $in, '<', $ConfFile or die "$ConfFile: $!";
    my $config = do { local $/; <$in> };
    close $in;

    $config =~ s/^(\s*listen\s+)(\d+)(?=[;\s])/${1}127.0.0.1:$2/mg;
    if ($ENV{TEST_NGINX_VERSION_NUM} < 1_025_001) {
        $config =~ s/^(\s*listen\s+[^;]*);\s*http2 on;/$1 http2;/mg;
    }

    # A directory that is chosen is no reason for a warning, wherever these tests run.
    if ($config !~ /\baep_queue\b/) {
        $config =~ s{(aep_organization_id\s[^;]*;)}{$1 aep_queue $ServRoot/aep-queue;};
    }

    open my $out, '>', $ConfFile or die "$ConfFile: $!";
    print $out $config;
    close $out or die "$ConfFile: $!";
};

# Without this a wrong configuration costs half a minute of attempts to connect, and the reason is lost.
my $check_config_file = sub {
    my $name = shift;
    local $ENV{LD_PRELOAD} = $ENV{TEST_NGINX_LD_PRELOAD} // $ENV{LD_PRELOAD} // '';
    my $said = `$ENV{TEST_NGINX_BINARY} -t -e stderr -p $ServRoot/ -c $ConfFile 2>&1`;
    die "$name: nginx does not take the configuration:\n$said" if $?;
    unlink "$ServRoot/logs/error.log", $PidFile;    # nginx -t makes them
};

# Test::Nginx waits for nginx in an END block of its own, which forgets that the test died. This one runs before it.
my $process = $$;

END {
    Test::More::fail("$0 runs to its end") if $? && $$ == $process;
}

no warnings 'redefine';
*Test::Nginx::Util::write_config_file = sub ($$$) {
    my $block = $_[0];
    &$write_config_file(@_);
    $adapt_config_file->();
    if (!defined $block->must_die && !$ENV{TEST_NGINX_USE_HUP}) {
        $check_config_file->($block->name);
    }
};

1;
