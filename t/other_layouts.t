use strict;
use warnings;

# nginx compares versions and options, but the headers that the module was built with may be those of another nginx of
# the same version, in which structures have other members. Here they do.

use Cwd ();
use File::Basename ();
use File::Temp ();
use Test::More;

plan skip_all => 'needs what make says of headers and libraries' unless $ENV{AEP_NGINX_INCLUDES};

my $top       = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/..');
my $build     = Cwd::abs_path($ENV{AEP_BUILD} // "$top/build");
my $nginx     = $ENV{TEST_NGINX_BINARY} // 'nginx';
my $directory = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);
# Of this module: the second one has sources of its own.
my @objects   = map { "$build/" . s/\.cpp$/.o/r } grep { $_ ne 'src/ngx/layout.cpp' && !/amqp/ }
    split /\n/, `cd $top && find src -name '*.cpp'`;

# The path of one of nginx's headers.
sub header {
    my $name = shift;
    for my $path (map { "$top/$_/$name" =~ s,^\Q$top\E//,/,r } $ENV{AEP_NGINX_INCLUDES} =~ /-isystem (\S+)/g) {
        return $path if -e $path;
    }
    die "$name is in none of $ENV{AEP_NGINX_INCLUDES}";
}

# The module, its look at the layout compiled with another header: what `change` makes of its text.
sub build_module {
    my ($name, $header, $change) = @_;
    my $headers = "$directory/$name";
    mkdir $headers;
    if ($header) {
        open my $in, '<', header($header) or die "$header: $!";
        my $text = do { local $/; <$in> };
        my $before = $text;
        $text = $change->($text);
        isnt($text, $before, "$header is another one");
        open my $out, '>', "$headers/$header" or die "$headers/$header: $!";
        print {$out} $text;
        close $out;
    }
    my $flags = "-std=c++20 -O2 -fPIC -fvisibility=hidden -I$top/src -isystem $headers $ENV{AEP_NGINX_INCLUDES}";
    system("cd $top && $ENV{AEP_CXX} $flags -c src/ngx/layout.cpp -o $headers/layout.o") == 0 or die 'compiler';
    system("cd $top && $ENV{AEP_CXX} -shared -Wl,-z,nodelete @objects $headers/layout.o $build/sdk/sdk_bytes.o "
        . "$build/sdk/status_bytes.o $build/modules.o $ENV{AEP_LIBRARIES} -o $headers/module.so") == 0 or die 'linker';
    return "$headers/module.so";
}

# What `nginx -t` says of a website with a module.
sub say {
    my $module = shift;
    mkdir "$directory/logs";
    open my $conf, '>', "$directory/nginx.conf" or die "nginx.conf: $!";
    print {$conf} <<"CONF";
load_module $module;
pid nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    aep_organization_id 0123456789ABCDEF01234567\@AdobeOrg;
    aep_queue off;
    server {
        listen unix:$directory/socket;
        aep_datastream_id ebebf826-a01f-4458-8cec-ef61de241c93;
        include $top/conf.d/aep_website.inc;
    }
}
CONF
    close $conf;
    local $ENV{LD_PRELOAD} = $ENV{TEST_NGINX_LD_PRELOAD} if $ENV{TEST_NGINX_LD_PRELOAD};
    return scalar `$nginx -t -p $directory -c nginx.conf 2>&1`;
}

like(say(build_module('same')), qr/test is successful/, 'with the headers of the nginx that runs');

my $bit = build_module('bit', 'ngx_connection.h', sub { shift =~ s/(unsigned\s+idle:1;)/unsigned patched:1; $1/r });
like(say($bit), qr/\[emerg\].*aep: .*another nginx .*connections are laid out differently.*make.*test failed/s,
    'a bit more in connections');

my $member = build_module('member', 'ngx_http_request.h', sub { shift =~ s/(unsigned\s+http_minor:16;)/void *patched; $1/r });
like(say($member), qr/\[emerg\].*aep: .*requests are laid out differently.*test failed/s, 'a member more in requests');

done_testing;
